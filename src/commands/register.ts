import { encodeBundle } from "../bundle/bundle.ts";
import { command } from "../cli/command.ts";
import { card } from "../cli/layout.ts";
import { arg, flag, option, path, text } from "../cli/parameter.ts";
import { receiptCard } from "../cli/receipt.ts";
import type { Style } from "../cli/style.ts";
import { BskError } from "../errors.ts";
import type { Entry } from "../journal/entry.ts";
import { name as parseName } from "../primitives/name.ts";
import { type BundlePart, bundleOf, requirePreordered } from "../spending/bundle.ts";
import type { Desk } from "../spending/desk.ts";
import { ownerAddress } from "../spending/ownership.ts";
import type { Receipt } from "../spending/receipt.ts";
import { liveRegistration, type RegistrationRequest, register } from "../spending/registration.ts";
import { zonefileWarning, zonefileToAnnounce } from "../spending/zonefile.ts";

export const registerCommand = command({
  path: "register",
  summary: "Register a name, both phases",
  description: [
    "Plans, funds and signs the preorder and the register before the first of them is sent, asks the rules for both, and writes them to the journal. Then it sends the preorder, waits for its block, sends the register, waits for its block, and publishes the zone file.",
    "It may be interrupted at any moment, also by a power cut: the same command goes on from there. A name whose registration is under way is never paid twice.",
    "Before anything is paid, the mempool and the last blocks are searched for registers of the same name by others. One that can count stops the registration (exit code 5), unless --race is given. Preorders hide their name: how many there are is said.",
    "--bundle writes a file with which other machines can finish the registration, without any key (bsk relay); this one sends nothing. It holds the preorder at several fees, and not the name: once a block holds the preorder, --release writes the whole bundle, register and spare register at several fees included. --together writes all of it at once; whoever has it can read the name, and send its parts in any order. What a relay can do and cannot do is said in bsk-relay(1).",
    "Without --owner the name goes to a fresh address of the wallet, which hides it until it is registered.",
  ],
  examples: [
    {
      text: "Register a name with a zone file",
      command: "bsk register alice.demo --zonefile alice.txt --network regtest",
    },
    {
      text: "Let other machines preorder it",
      command: "bsk register alice.demo --bundle alice.bundle --network regtest",
    },
    {
      text: "Once the preorder is in a block, let them register it",
      command: "bsk register alice.demo --release alice.full.bundle --network regtest",
    },
    { text: "What it would cost", command: "bsk register alice.demo --dry-run --network regtest" },
  ],
  spends: true,
  options: {
    name: arg(parseName, "the name, like alice.demo"),
    zonefile: option(path, "zone file that the name shall announce", { placeholder: "FILE", completes: "file" }),
    owner: option(text, "address that shall own the name; a fresh one of the wallet if left out", {
      placeholder: "ADDRESS",
    }),
    race: flag("go on although somebody else is registering the name"),
    bundle: option(path, "write a bundle for relays and send nothing", { placeholder: "FILE", completes: "file" }),
    together: flag("with --bundle: the register's part too, which shows the name"),
    release: option(path, "write the whole bundle, once the preorder is confirmed", {
      placeholder: "FILE",
      completes: "file",
    }),
    noWait: flag("return as soon as there is nothing to do but wait; the same command goes on later"),
  },
  run: async ({ name, zonefile, owner, race, bundle, together, release, noWait }, ports): Promise<Registered> => {
    const part = together || release !== undefined ? "all" : "preorder";
    if (bundle !== undefined && release !== undefined) throw new BskError("usage", "either --bundle or --release");
    if (together && bundle === undefined) throw new BskError("usage", "--together needs --bundle FILE");
    const desk = await ports.desk();
    const announced = zonefile === undefined ? null : zonefileToAnnounce(await ports.files.readBytes(zonefile));
    const warning = announced === null ? null : zonefileWarning(announced.bytes, name);
    if (warning !== null) ports.terminal.warn(warning);
    const request = {
      name,
      owner: owner === undefined ? null : ownerAddress(owner, desk.network),
      zonefile: announced?.bytes ?? null,
      race,
    };
    const file = bundle ?? release;
    if (file === undefined) return register(request, desk, await ports.interaction({ wait: !noWait }));
    if (release !== undefined) await requirePreordered(begunRegistration(desk, request), desk);
    const receipt = await register(request, desk, await ports.interaction({ wait: false, until: "planned" }));
    if (receipt.state === "dry-run") return receipt;
    const made = await bundleOf(begunRegistration(desk, request), part, desk);
    await ports.files.write(file, encodeBundle(made), { secret: true });
    const { preorder, register: registers, deathHeight } = made;
    return {
      ...receipt,
      bundle: {
        file,
        part,
        deathHeight,
        preorders: preorder.variants.length,
        registers: registers?.variants.length ?? 0,
        spares: registers?.spares.length ?? 0,
      },
    };
  },
  text: ({ bundle, ...receipt }, style) =>
    bundle === undefined
      ? receiptCard(receipt, style)
      : `${receiptCard(receipt, style)}\n\n${bundleCard(bundle, style)}`,
});

/** What was written for relays. */
interface WrittenBundle {
  readonly file: string;
  readonly part: BundlePart;
  /** Relays send no preorder after it. */
  readonly deathHeight: number;
  /** Transactions of each ladder. */
  readonly preorders: number;
  readonly registers: number;
  readonly spares: number;
}

type Registered = Receipt & { readonly bundle?: WrittenBundle };

/** @throws BskError `usage` where nothing is under way. */
function begunRegistration(desk: Desk, request: RegistrationRequest): Entry {
  const live = liveRegistration(desk, request);
  if (live !== null) return live;
  throw new BskError("usage", `no registration of "${request.name}" is under way`, { rule: "not-under-way" });
}

function bundleCard({ file, part, deathHeight, preorders, registers, spares }: WrittenBundle, style: Style): string {
  return card(
    [
      ["bundle", file],
      ["holds", `${preorders} preorders, ${registers} registers, ${spares} spares`],
      ["shows", part === "all" ? "the name; its parts can be sent in any order: man bsk-relay" : "not the name"],
      ["valid up to", `block ${deathHeight}`],
      ["next", part === "all" ? "bsk relay FILE, on any machine" : "bsk relay FILE, on any machine; then --release"],
    ],
    style,
  );
}
