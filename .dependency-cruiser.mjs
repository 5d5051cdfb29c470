// The architecture as a list of named rules: who may import whom, and where the outside world may be touched.
const PURE = [
  "primitives",
  "encoding",
  "bitcoin",
  "ops",
  "zonefile",
  "protocol",
  "tokens",
  "virtualchain",
  "rules",
  "verify",
];

/** A room imports only the rooms in its row, itself and `errors`. */
const MAY_IMPORT = {
  primitives: [],
  encoding: ["primitives"],
  bitcoin: ["primitives", "encoding"],
  ops: ["primitives", "encoding", "bitcoin"],
  zonefile: ["primitives", "encoding"],
  protocol: ["primitives", "bitcoin"],
  tokens: ["primitives"],
  virtualchain: ["primitives", "encoding", "bitcoin", "ops", "protocol", "verify"],
  rules: ["primitives", "encoding", "bitcoin", "ops", "protocol", "tokens", "virtualchain"],
  verify: ["primitives", "encoding", "bitcoin", "ops", "zonefile", "protocol"],
  wallet: ["primitives", "encoding", "bitcoin", "ops", "protocol", "rules"],
  chain: ["primitives", "encoding", "bitcoin", "protocol", "tokens"],
  database: [],
  journal: [...PURE, "database", "wallet", "chain"],
  bundle: [...PURE, "wallet", "chain"],
  spending: [...PURE, "wallet", "chain", "journal", "bundle"],
  api: PURE,
  lightnode: [...PURE, "chain", "api"],
  fullnode: [...PURE, "database", "chain", "api"],
  cli: ["primitives", "zonefile"],
};

const rooms = Object.entries(MAY_IMPORT).map(([room, allowed]) => ({
  name: `${room}-imports`,
  comment: `${room} may import ${allowed.join(", ") || "nothing"} and errors`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: {
    path: "^src/",
    pathNot: `^src/(errors\\.ts$|${[room, ...allowed].map((name) => `${name}/`).join("|")})`,
    ...(room === "cli" ? { dependencyTypesNot: ["type-only"] } : {}),
  },
}));

/** Modules of the outside world and the only files that may touch them. */
const ADDRESSES = [
  {
    name: "http-client",
    modules: "^(node_modules/(axios|socks-proxy-agent))",
    allowed: "^src/chain/http-client",
  },
  {
    name: "http",
    modules: "^(node:)?https?$",
    allowed: "^src/api/server",
  },
  { name: "database", modules: "^(node:sqlite|node_modules/@photostructure)", allowed: "^src/database/sqlite" },
  {
    name: "disk",
    modules: "^(node:)?fs(/promises)?$",
    allowed:
      "^src/(wallet/keyfile|cli/(config|files|lock|make-directory)|chain/(replay-file|bitcoind|block-files/|devnet)|lightnode/(tile-directory|zonefile-store|light-(files|check|store))|fullnode/(store/|scan-thread|tile-export)|journal/store|main)",
  },
  { name: "child-processes", modules: "^(node:)?child_process$", allowed: "^src/chain/devnet" },
];

export default {
  forbidden: [
    ...rooms,
    {
      name: "pure-means-pure",
      comment: "pure rooms never import a Node module",
      severity: "error",
      from: { path: `^src/(${PURE.join("|")})/` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "commands-stand-alone",
      comment: "a command never imports another command; the registry is the one exception",
      severity: "error",
      from: { path: "^src/commands/(?!registry)" },
      to: { path: "^src/commands/" },
    },
    {
      name: "only-main-wires",
      comment:
        "src/wiring builds the ports out of every room; commands see it only as ports. A demo's world is wiring too",
      severity: "error",
      from: { path: "^src/(?!wiring/|main\\.ts$|demo/world\\.ts$)" },
      to: { path: "^src/wiring/" },
    },
    {
      name: "nothing-imports-commands",
      severity: "error",
      from: { path: "^src/(?!commands/|main)" },
      to: { path: "^src/commands/" },
    },
    ...ADDRESSES.map(({ name, modules, allowed }) => ({
      name,
      comment: `only ${allowed} may use ${modules}`,
      severity: "error",
      from: { path: "^src/", pathNot: allowed },
      to: { path: modules, dependencyTypesNot: ["type-only"] },
    })),
    {
      name: "no-circular",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { path: "^src/", orphan: true, pathNot: "^src/main\\.ts$" },
      to: {},
    },
    {
      name: "not-to-dev-dep",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/chain/devnet-node/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    { name: "not-to-test", severity: "error", from: { path: "^src/" }, to: { path: "^test/" } },
    { name: "not-resolvable", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^(node:|bcoin)" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".d.ts"],
    },
  },
};
