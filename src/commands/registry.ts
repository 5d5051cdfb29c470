/** Every command, loaded only when it is called. The order is that of the help. */
import type { Registry } from "../cli/registry.ts";

export const registry: Registry = {
  groups: {
    namespace: "Namespaces: prices, imports, launch",
    pending: "What is under way: deadlines, fees, next actions",
    zonefile: "Zone files: what a name points to",
    wallet: "Keys and coins",
    pin: "What you trust: pairs of height and consensus hash",
    light: "The light node, which verifies what others hold",
    node: "The full node, which indexes the chain",
    network: "Networks: built-in ones and your own",
  },
  sections: [
    {
      title: "Names",
      commands: {
        price: async () => (await import("./price.ts")).priceCommand,
        check: async () => (await import("./check.ts")).checkCommand,
        resolve: async () => (await import("./resolve.ts")).resolveCommand,
        key: async () => (await import("./key.ts")).keyCommand,
        prove: async () => (await import("./prove.ts")).proveCommand,
        verify: async () => (await import("./verify.ts")).verifyCommand,
        audit: async () => (await import("./audit.ts")).auditCommand,
        show: async () => (await import("./show.ts")).showCommand,
        history: async () => (await import("./history.ts")).historyCommand,
        register: async () => (await import("./register.ts")).registerCommand,
        preorder: async () => (await import("./preorder.ts")).preorderCommand,
        relay: async () => (await import("./relay.ts")).relayCommand,
        update: async () => (await import("./update.ts")).updateCommand,
        transfer: async () => (await import("./transfer.ts")).transferCommand,
        renew: async () => (await import("./renew.ts")).renewCommand,
        revoke: async () => (await import("./revoke.ts")).revokeCommand,
        announce: async () => (await import("./announce.ts")).announceCommand,
      },
    },
    {
      title: "What is under way",
      commands: {
        pending: async () => (await import("./pending/list.ts")).pendingCommand,
        "pending resume": async () => (await import("./pending/resume.ts")).pendingResumeCommand,
        "pending bump": async () => (await import("./pending/bump.ts")).pendingBumpCommand,
        "pending forget": async () => (await import("./pending/forget.ts")).pendingForgetCommand,
        bump: async () => (await import("./bump.ts")).bumpCommand,
      },
    },
    {
      title: "Namespaces",
      commands: {
        "namespace preorder": async () => (await import("./namespace/preorder.ts")).namespacePreorderCommand,
        "namespace reveal": async () => (await import("./namespace/reveal.ts")).namespaceRevealCommand,
        "namespace import": async () => (await import("./namespace/import.ts")).namespaceImportCommand,
        "namespace ready": async () => (await import("./namespace/ready.ts")).namespaceReadyCommand,
        "namespace show": async () => (await import("./namespace/show.ts")).namespaceShowCommand,
      },
    },
    {
      title: "Zone files",
      commands: {
        "zonefile make": async () => (await import("./zonefile/make.ts")).zonefileMakeCommand,
        "zonefile show": async () => (await import("./zonefile/show.ts")).zonefileShowCommand,
        "zonefile check": async () => (await import("./zonefile/check.ts")).zonefileCheckCommand,
        "zonefile publish": async () => (await import("./zonefile/publish.ts")).zonefilePublishCommand,
      },
    },
    {
      title: "Trying it out",
      commands: {
        devnet: async () => (await import("./devnet.ts")).devnetCommand,
        demo: async () => (await import("./demo.ts")).demoCommand,
      },
    },
    {
      title: "Wallet",
      commands: {
        names: async () => (await import("./names.ts")).namesCommand,
        "wallet create": async () => (await import("./wallet/create.ts")).walletCreateCommand,
        "wallet restore": async () => (await import("./wallet/restore.ts")).walletRestoreCommand,
        "wallet addresses": async () => (await import("./wallet/addresses.ts")).walletAddressesCommand,
        "wallet balance": async () => (await import("./wallet/balance.ts")).walletBalanceCommand,
        "wallet pay": async () => (await import("./wallet/pay.ts")).walletPayCommand,
        "wallet coins": async () => (await import("./wallet/coins.ts")).walletCoinsCommand,
        "wallet coins lock": async () => (await import("./wallet/lock.ts")).walletCoinsLockCommand,
        "wallet coins unlock": async () => (await import("./wallet/unlock.ts")).walletCoinsUnlockCommand,
      },
    },
    {
      title: "Trust",
      commands: {
        "pin set": async () => (await import("./pin/set.ts")).pinSetCommand,
        "pin from-node": async () => (await import("./pin/from-node.ts")).pinFromNodeCommand,
        "pin attest": async () => (await import("./pin/attest.ts")).pinAttestCommand,
        "pin from-transaction": async () => (await import("./pin/from-transaction.ts")).pinFromTransactionCommand,
        "pin list": async () => (await import("./pin/list.ts")).pinListCommand,
        "pin check": async () => (await import("./pin/check.ts")).pinCheckCommand,
        "pin remove": async () => (await import("./pin/remove.ts")).pinRemoveCommand,
        "light serve": async () => (await import("./light/serve.ts")).lightServeCommand,
        "light sync": async () => (await import("./light/sync.ts")).lightSyncCommand,
        "light status": async () => (await import("./light/status.ts")).lightStatusCommand,
      },
    },
    {
      title: "Node and chain",
      commands: {
        "node start": async () => (await import("./node/start.ts")).nodeStartCommand,
        "node status": async () => (await import("./node/status.ts")).nodeStatusCommand,
        "node fsck": async () => (await import("./node/fsck.ts")).nodeFsckCommand,
        "node export tiles": async () => (await import("./node/export-tiles.ts")).nodeExportTilesCommand,
        "node replay": async () => (await import("./node/replay.ts")).nodeReplayCommand,
        decode: async () => (await import("./decode.ts")).decodeCommand,
        explain: async () => (await import("./explain.ts")).explainCommand,
      },
    },
    {
      title: "Settings",
      commands: {
        "network list": async () => (await import("./network/list.ts")).networkListCommand,
        "network show": async () => (await import("./network/show.ts")).networkShowCommand,
        "network new": async () => (await import("./network/new.ts")).networkNewCommand,
        config: async () => (await import("./config/list.ts")).configCommand,
        "config get": async () => (await import("./config/get.ts")).configGetCommand,
        "config set": async () => (await import("./config/set.ts")).configSetCommand,
        "config unset": async () => (await import("./config/unset.ts")).configUnsetCommand,
        completion: async () => (await import("./completion.ts")).completionCommand,
      },
    },
  ],
};
