import { expect, test } from "vitest";
import { address, addressOf } from "../../src/bitcoin/address.ts";
import { consensusHash, zonefileHash } from "../../src/primitives/hash.ts";
import { name } from "../../src/primitives/name.ts";
import { blockHeight, satoshi } from "../../src/primitives/units.ts";
import { MAINNET, networkOf } from "../../src/protocol/network-definition.ts";
import { destinationScript } from "../../src/wallet/destination.ts";
import { planUpdate } from "../../src/wallet/plan-name.ts";
import { planPayment } from "../../src/wallet/plan-payment.ts";
import { UNSIGNED_TXID } from "../../src/wallet/plan-registration.ts";
import { planText } from "../../src/cli/plan.ts";
import { planData } from "../../src/wallet/plan-data.ts";
import { anyScript, coin, purse } from "./purse.ts";

const network = networkOf(MAINNET);
const [PAYER, OWNER, CHANGE] = [anyScript(1), anyScript(2), anyScript(3)];
const context = {
  network,
  purse: purse([coin(0x11, 100_000, PAYER), coin(0x22, 5500, OWNER, null)], { kept: new Set([OWNER]) }),
  feeRate: 10,
  changeScript: CHANGE,
};
const dating = { height: blockHeight(600_000), time: new Date("2020-01-01T00:00:00Z") };

test("a payment: amounts in both units, where they go, what it costs", () => {
  const to = address("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA", network.bitcoin);
  const request = { destination: destinationScript(to, network.bitcoin), address: to, amount: satoshi(40_000) };
  const data = planData(planPayment(request, context), network, dating);
  expect(data).toMatchObject({ deathHeight: null, deathTime: null, payload: null, cost: { fee: data.fee } });
  expect(data.inputs).toMatchObject([{ role: "payer", value: 100_000n, confirmed: true }]);
  expect(data.outputs.map(({ role, address: paid }) => [role, paid])).toEqual([
    ["destination", to],
    ["change", addressOf(CHANGE, network.bitcoin)],
  ]);
  expect(data.cost.total).toBe(data.cost.fee + 40_000n);
  const text = planText(data);
  expect(text).toMatch(new RegExp(`to destination +40000 sat \\(0.00040000 BTC\\)  ${to}`, "u"));
  expect(text).not.toContain("burned");
  expect(text).not.toContain("valid up to");
});

test("a segwit destination is shown as its address", () => {
  const to = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
  const request = { destination: destinationScript(to, network.bitcoin), address: to, amount: satoshi(40_000) };
  expect(planData(planPayment(request, context), network, dating).outputs[0]?.address).toBe(to);
});

test("an operation with a consensus hash says until when it is valid, as height and date", () => {
  const plan = planUpdate(
    {
      name: name("judecn.id"),
      owner: OWNER,
      zonefileHash: zonefileHash("ab".repeat(20)),
      consensus: { hash: consensusHash("00".repeat(16)), height: blockHeight(600_000) },
    },
    context,
  );
  const data = planData(plan, network, dating);
  expect(data).toMatchObject({ purpose: "update", deathHeight: 600_024, deathTime: "2020-01-01T04:00Z" });
  expect(data.outputs[0]).toMatchObject({ role: "data", address: null, value: 0n });
  const text = planText(data);
  expect(text).toContain("valid up to block 600024 (about 2020-01-01T04:00Z)");
  expect(text).toContain("(unconfirmed)");
  expect(text).not.toContain("undefined");
});

test("an input that the transaction before it makes has no id yet, and is called so", () => {
  const unsigned = { ...coin(0x33, 90_000, PAYER, null), txid: UNSIGNED_TXID };
  const request = { destination: CHANGE, address: "CHANGE", amount: satoshi(40_000) };
  const data = planData(planPayment(request, { ...context, purse: purse([unsigned]) }), network, dating);
  expect(data.inputs.map(({ txid }) => txid)).toEqual([null]);
  expect(planText(data)).toContain("made by the transaction before it");
  expect(planText(data)).not.toContain("0000000000");
});
