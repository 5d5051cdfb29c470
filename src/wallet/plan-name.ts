/** Plans of what an owner does with a name. Output orders: spec 08 §7; what the network demands of them: spec 01 §5. */
import { type Address, type ScriptHex, scriptOf } from "../bitcoin/address.ts";
import type { AnnouncementHash, ZonefileHash } from "../primitives/hash.ts";
import { type Name, nameHashOf, updateHashOf } from "../primitives/name.ts";
import type { Burn } from "./burn.ts";
import { output, type PlanContext, planOf, type SeenConsensus, type TxPlan } from "./plan.ts";
import { burnOutput, ownerCoin, returned } from "./roles.ts";
import { OWNER_OUTPUT } from "./size.ts";

/** Who acts on a name: every operation below spends a coin of this script as input 0. */
interface OwnerRequest {
  readonly name: Name;
  readonly owner: ScriptHex;
}

export interface RenewRequest extends OwnerRequest {
  readonly burn: Burn;
  /** Owner from now on; the present one's address to keep it. */
  readonly newOwner: Address;
  /** Replaces the zone file hash; null keeps it (spec 02 §5.3). */
  readonly zonefileHash: ZonefileHash | null;
}

/** At least four outputs; the price is burned in output 3. */
export function planRenew(request: RenewRequest, context: PlanContext): TxPlan {
  const { name, newOwner, zonefileHash } = request;
  const owner = ownerCoin(request.owner, context);
  const recipient = output("recipient", scriptOf(newOwner, context.network.bitcoin), OWNER_OUTPUT);
  const burn = burnOutput(request.burn, context);
  return planOf(
    {
      purpose: "renew",
      payload: () => ({ kind: "NAME_REGISTRATION", name, zonefileHash }),
      owner,
      layout: (data, change) => [data, recipient, returned(owner), burn, change],
      effect: `renews "${name}" for another term, owned by ${newOwner}${zonefileHash === null ? "" : `, with the zone file of hash ${zonefileHash}`}`,
    },
    context,
  );
}

export interface UpdateRequest extends OwnerRequest {
  readonly zonefileHash: ZonefileHash;
  readonly consensus: SeenConsensus;
}

export function planUpdate(request: UpdateRequest, context: PlanContext): TxPlan {
  const { name, zonefileHash, consensus } = request;
  const owner = ownerCoin(request.owner, context);
  return planOf(
    {
      purpose: "update",
      payload: () => ({ kind: "NAME_UPDATE", updateHash: updateHashOf(name, consensus.hash), zonefileHash }),
      owner,
      layout: (data, change) => [data, returned(owner), change],
      consensus,
      effect: `gives "${name}" the zone file with hash ${zonefileHash}`,
      followUp: "publish the zone file once a block holds the update",
    },
    context,
  );
}

export interface TransferRequest extends OwnerRequest {
  readonly newOwner: Address;
  readonly keepZonefile: boolean;
  readonly consensus: SeenConsensus;
}

export function planTransfer(request: TransferRequest, context: PlanContext): TxPlan {
  const { name, newOwner, keepZonefile, consensus } = request;
  const owner = ownerCoin(request.owner, context);
  const recipient = output("recipient", scriptOf(newOwner, context.network.bitcoin), OWNER_OUTPUT);
  return planOf(
    {
      purpose: "transfer",
      payload: () => ({
        kind: "NAME_TRANSFER",
        keepZonefile,
        nameHash: nameHashOf(name),
        consensusHash: consensus.hash,
      }),
      owner,
      layout: (data, change) => [data, recipient, returned(owner), change],
      consensus,
      effect: `gives "${name}" to ${newOwner}, ${keepZonefile ? "with" : "without"} its zone file`,
    },
    context,
  );
}

export function planRevoke(request: OwnerRequest, context: PlanContext): TxPlan {
  const { name } = request;
  const owner = ownerCoin(request.owner, context);
  return planOf(
    {
      purpose: "revoke",
      payload: () => ({ kind: "NAME_REVOKE", name }),
      owner,
      layout: (data, change) => [data, returned(owner), change],
      effect: `revokes "${name}": it resolves to nothing, for everybody, until it lapses`,
    },
    context,
  );
}

export interface AnnounceRequest {
  /** Script that nodes know as an announcer: it owns a name that they listen to. */
  readonly sender: ScriptHex;
  readonly announcementHash: AnnouncementHash;
}

export function planAnnounce(request: AnnounceRequest, context: PlanContext): TxPlan {
  const { announcementHash } = request;
  const owner = ownerCoin(request.sender, context);
  return planOf(
    {
      purpose: "announce",
      payload: () => ({ kind: "ANNOUNCE", announcementHash }),
      owner,
      layout: (data, change) => [data, returned(owner), change],
      effect: `announces the message with hash ${announcementHash}`,
      followUp: "publish the message as a zone file",
    },
    context,
  );
}
