import { expect, test } from "vitest";
import type { MempoolVerdict } from "../../src/chain/source.ts";
import { txid } from "../../src/primitives/hash.ts";
import { requireAcceptable } from "../../src/spending/carry-out.ts";
import { fakeDesk } from "../support/fake-desk.ts";

const signed = [1, 2, 3].map((n) => ({ txid: txid(`0${n}`.repeat(32)), raw: `0${n}` }));

function answering(verdicts: readonly MempoolVerdict[] | null) {
  const asked: number[] = [];
  const source = {
    ...fakeDesk().desk.source,
    testAccept: (raw: readonly Uint8Array[]) => {
      asked.push(...raw.map(([first = 0]) => first));
      return Promise.resolve(verdicts);
    },
  };
  return { source, asked };
}
const YES: MempoolVerdict = { kind: "allowed" };

test("all of them are asked for together, in order", async () => {
  const { source, asked } = answering([YES, YES, YES]);
  await requireAcceptable(signed, { source });
  expect(asked).toEqual([1, 2, 3]);
});

test("one refusal stops all, with its transaction and reason", async () => {
  const { source } = answering([YES, YES, { kind: "refused", reason: "min relay fee not met" }]);
  await expect(requireAcceptable(signed, { source })).rejects.toMatchObject({
    kind: "rejected",
    rule: "broadcast-refused",
    message: `a test would not relay ${signed[2]?.txid ?? ""}: min relay fee not met`,
  });
});

test.each(["too-long-mempool-chain", "exceeds ancestor size limit [limit: 101000]", "too many unconfirmed ancestors"])(
  "a chain that is too long says what to do: %s",
  async (reason) => {
    const { source } = answering([{ kind: "refused", reason }]);
    await expect(requireAcceptable(signed, { source })).rejects.toMatchObject({ rule: "mempool-chain" });
  },
);

test("a source that cannot be asked stops nothing", async () => {
  await requireAcceptable(signed, answering(null));
});
