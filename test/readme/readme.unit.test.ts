import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const README = readFileSync(new URL("README.md", ROOT), "utf8");

test.each(["README.md", "docs/wasm-host.md"])("every TypeScript block of %s is a file that a test runs", (page) => {
  const text = readFileSync(new URL(page, ROOT), "utf8");
  const blocks = [...text.matchAll(/(?:<!-- (\S+) -->\n)?```ts\n(.*?)```/gs)];
  expect(blocks.length).toBeGreaterThan(0);
  for (const [, file, code] of blocks) {
    expect(file).toBeDefined();
    expect(code).toBe(readFileSync(new URL(file ?? "", ROOT), "utf8"));
  }
});

test("the README names every entry point of the package", () => {
  const entries = Object.keys(packageJson.exports).filter((entry) => entry !== "./package.json");
  for (const entry of entries) expect(README).toContain(`| \`${entry.replace(".", packageJson.name)}\` |`);
});

test("the two commands of the README are scripts of the package", () => {
  expect(README).toContain("npm install && npm start");
  expect(README).toContain("npm install && npm test");
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(["start", "test"]));
});
