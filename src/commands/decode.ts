import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg, option, text } from "../cli/parameter.ts";
import { BskError, ParseError } from "../errors.ts";
import { describe } from "../ops/describe.ts";
import { fromHex } from "../primitives/bytes.ts";
import { parseBlockHeight } from "../primitives/units.ts";
import { payloadFormsAt } from "../rules/machine.ts";

/** A height of the last epoch. */
const LAST = 0x7fffffff;

export const decodeCommand = command({
  path: "decode",
  summary: "Say what a transaction or an OP_RETURN payload means on this network",
  description: [
    "Works without any node. A transaction, a script that begins with OP_RETURN, or its data, in hex; - reads it from standard input.",
    "Offline, the outputs that a transaction spends are not known, and so neither is its sender: whether the network would take it, only its node can say.",
  ],
  examples: [{ text: "A registration's payload", command: "bsk decode 69643a616c6963652e74657374 --network regtest" }],
  options: {
    hex: arg(text, "the bytes in hex, or -", { placeholder: "HEX" }),
    height: option(parseBlockHeight, "read it by the rules of this height; without it, of the last epoch"),
  },
  run: async ({ hex, height }, ports) => {
    const network = await ports.network();
    const given = hex === "-" ? await ports.files.readText("-") : hex;
    try {
      const forms = payloadFormsAt(network, height ?? LAST);
      return describe(fromHex(given.trim().toLowerCase()), { magic: network.magic, on: network.bitcoin, forms });
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      throw new BskError("usage", `HEX: ${error.message}`);
    }
  },
  text: ({ input, txid, operation, because, notes }, style) =>
    card(
      [
        ["input", input],
        ["transaction", txid],
        ["says", operation === null ? style.warn("no operation") : style.good(operation.opcode)],
        ["because", because],
        ...Object.entries(operation?.fields ?? {}).map(
          ([field, value]) => [field, Array.isArray(value) ? value.join(" ") : String(value ?? "none")] as const,
        ),
        ...notes.map((note) => ["note", note] as const),
      ],
      style,
    ),
});
