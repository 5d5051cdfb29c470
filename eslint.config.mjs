// Lint rules: type-aware strictness everywhere, and purity in the rooms that only do arithmetic on bytes.
import tseslint from "typescript-eslint";

const PURE = ["primitives", "encoding", "bitcoin", "ops", "zonefile", "protocol", "virtualchain", "rules", "verify"];

const impureGlobals = [
  "fetch",
  "process",
  "Buffer",
  "console",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "performance",
  "crypto",
].map((name) => ({ name, message: "pure rooms do arithmetic on bytes: time, entropy and I/O arrive as arguments" }));

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "node_modules/",
      "coverage/",
      "scripts/**/*.mjs",
      "*.mjs",
      "src/chain/devnet-node/**/*.cjs",
      "test/support/bitcoind.cjs",
      "bin/",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" },
      ],
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "unions of literals, not enums" }],
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: PURE.map((room) => `src/${room}/**/*.ts`),
    rules: {
      "no-restricted-globals": ["error", ...impureGlobals],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "time arrives as an argument" },
        { object: "Math", property: "random", message: "entropy arrives as an argument" },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
