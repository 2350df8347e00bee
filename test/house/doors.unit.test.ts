import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { expect, test } from "vitest";
import { FOLDER_DOORS, PACKAGE_DOORS } from "../../eslint.config.js";

const SRC = join(import.meta.dirname, "../../src");
const FOLDERS = Object.keys(FOLDER_DOORS);
const DOOR_RULES = ["import-x/no-restricted-paths", "no-restricted-imports", "no-restricted-syntax"];

// Rules about types would read the whole project, and no door is one of them.
const eslint = new ESLint({ cwd: join(SRC, ".."), overrideConfig: tseslint.configs.disableTypeChecked });

test("every folder has its doors listed", () => {
  const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((folder) => folder.name).sort()).toEqual([...FOLDERS].sort());
});

test.each(FOLDERS)("src/%s imports the folders that it has a door to, and no others", async (folder) => {
  for (const other of FOLDERS.filter((other) => other !== folder)) {
    const refused = !FOLDER_DOORS[folder]?.includes(other);
    const module = `${other}/${moduleIn(other)}`;
    expect(await isRefused(`${folder}/a.ts`, `import type {} from "../${module}";`), module).toBe(refused);
    expect(await isRefused(`${folder}/a.ts`, `export type * from "../${module}";`), module).toBe(refused);
    expect(await isRefused(`${folder}/deeper/a.ts`, `import type {} from "../../${module}";`), module).toBe(refused);
  }
  expect(await isRefused(`${folder}/a.ts`, 'import type {} from "./b.ts";')).toBe(false);
  expect(await isRefused(`${folder}/a.ts`, 'import type {} from "../index.ts";')).toBe(true);
  expect(await isRefused(`${folder}/a.ts`, 'await import("./b.ts");')).toBe(true);
});

test.each(FOLDERS)("src/%s imports the packages that it has a door to, and no others", async (folder) => {
  for (const [name, owner] of Object.entries({ ...PACKAGE_DOORS, "node:fs": "none", "burrow-store": "none" })) {
    for (const specifier of [name, `${name}/part.js`]) {
      const code = `import type {} from "${specifier}";`;
      expect(await isRefused(`${folder}/a.ts`, code), specifier).toBe(owner !== folder);
    }
  }
});

test("the contract imports types only", async () => {
  const module = `../core/${moduleIn("core")}`;
  expect(await isRefused("contract/a.ts", `import { a } from "${module}";`)).toBe(true);
  expect(await isRefused("contract/a.ts", `export { a } from "${module}";`)).toBe(true);
  expect(await isRefused("contract/a.ts", `export * from "${module}";`)).toBe(true);
  expect(await isRefused("contract/a.ts", `import type { a } from "${module}";`)).toBe(false);
});

/** A file that is really there: the rule looks up what an import leads to. */
function moduleIn(folder: string): string {
  const module = readdirSync(join(SRC, folder)).find((file) => file.endsWith(".ts"));
  if (module === undefined) throw new Error(`src/${folder} is empty`);
  return module;
}

async function isRefused(file: string, code: string): Promise<boolean> {
  const results = await eslint.lintText(code, { filePath: join(SRC, file) });
  const messages = results.flatMap((result) => result.messages);
  const broken = messages.find((message) => message.fatal);
  if (broken !== undefined) throw new Error(broken.message);
  return messages.some(({ ruleId }) => ruleId !== null && DOOR_RULES.includes(ruleId));
}
