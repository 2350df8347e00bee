import { join } from "node:path";
import eslint from "@eslint/js";
import { importX } from "eslint-plugin-import-x";
import jsdoc from "eslint-plugin-jsdoc";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * The doors of `src`: for each folder, the other folders that it may import.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const FOLDER_DOORS = {
  core: [],
  json: ["core"],
  records: ["core", "json"],
  digest: ["core", "json"],
  session: ["core", "json", "records", "digest"],
  contract: ["core", "json", "records", "digest", "session"],
  arguments: ["core", "json", "records", "digest", "contract"],
  engine: ["core"],
  store: ["core", "json", "records", "digest", "session", "contract", "arguments", "engine"],
  memory: ["core", "contract", "engine", "store"],
  indexeddb: ["core", "contract", "engine", "store"],
  archive: ["core", "json", "records", "digest", "contract", "arguments"],
  host: ["core", "records", "contract", "arguments", "store"],
  wire: ["core", "records", "contract"],
  inspector: ["core", "records", "digest", "session", "contract", "archive", "indexeddb"],
  conformance: ["core", "records", "contract"],
};

/**
 * The packages that `src` may import at all, each with the only folder that may.
 * @type {Readonly<Record<string, string>>}
 */
export const PACKAGE_DOORS = {
  "@noble/hashes": "digest",
  birpc: "host",
  idb: "indexeddb",
  preact: "inspector",
  superjson: "records",
  valibot: "records",
};

const SRC = join(import.meta.dirname, "src");

const folderZones = Object.entries(FOLDER_DOORS).map(([folder, doors]) => ({
  target: join(SRC, folder),
  from: SRC,
  except: [folder, ...doors].map((open) => `./${open}`),
  message: `There is no door from ${folder}/ to it: see FOLDER_DOORS in eslint.config.js.`,
}));

/**
 * @param {string} [folder]
 * @returns {Partial<import("eslint").Linter.RulesRecord>}
 */
function packageDoors(folder) {
  const open = Object.keys(PACKAGE_DOORS).filter((name) => PACKAGE_DOORS[name] === folder);
  const allowed = ["\\.\\.?/", ...open.map((name) => `${name}(?:/|$)`)].join("|");
  const message = "There is no door to that package: see PACKAGE_DOORS in eslint.config.js.";
  return { "no-restricted-imports": ["error", { patterns: [{ regex: `^(?!${allowed})`, message }] }] };
}

const VALUES_FROM_ELSEWHERE = [
  "ImportDeclaration[importKind=value]",
  "ExportAllDeclaration[exportKind=value]",
  "ExportNamedDeclaration[source][exportKind=value]",
];

export default defineConfig(
  // What stands in `assembly/` is AssemblyScript, and looks like TypeScript.
  globalIgnores(["dist/", "dist-demo/", "test/**/assembly/"]),
  { linterOptions: { noInlineConfig: true } },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignoreMixedLogicalExpressions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A row has to be a type alias: an interface is not assignable to a `Record`.
      "@typescript-eslint/consistent-type-definitions": "off",
      // What callers pass is checked although its type says that it is right, and flags set by callbacks look constant.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // A type parameter may name what the caller knows about a stored row.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // It asks for the assertion that `no-non-null-assertion` refuses.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      // Getters are taken from property descriptors, to be called on values that may shadow them.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // Scripts without types, which `tsc` checks for undefined names.
    files: ["**/*.{js,mjs}"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "no-undef": "off" },
  },
  {
    files: ["src/**"],
    plugins: { "import-x": importX, jsdoc },
    rules: {
      "no-console": "error",
      // A lazy import would not only walk around the doors: it could not be awaited inside a transaction.
      "no-restricted-syntax": ["error", "ImportExpression"],
      "import-x/no-default-export": "error",
      "import-x/no-restricted-paths": ["error", { zones: folderZones }],
      // That every public export has a docstring is held by test/house/docstrings.unit.test.ts, which knows what is public.
      "jsdoc/check-param-names": "error",
      "jsdoc/check-tag-names": "error",
      "jsdoc/empty-tags": "error",
      "jsdoc/informative-docs": "error",
      "jsdoc/no-types": "error",
      "jsdoc/require-description": "error",
      ...packageDoors(),
    },
  },
  Object.keys(FOLDER_DOORS).map((folder) => ({ files: [`src/${folder}/**`], rules: packageDoors(folder) })),
  {
    files: ["src/contract/**"],
    rules: { "no-restricted-syntax": ["error", "ImportExpression", ...VALUES_FROM_ELSEWHERE] },
  },
);
