// The one test command: every check and every test, whichever fail, and a last line that counts them.
// With arguments, those go to Vitest, which then runs alone.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const scratch = await mkdtemp(join(tmpdir(), "burrow-test-"));
const report = join(scratch, "vitest.json");
const vitestArguments = process.argv.slice(2);

/** In this order: what is built is checked after it was built. */
const CHECKS = {
  format: "prettier --check .",
  lint: "eslint .",
  types: "tsc",
  build: "npm run build",
  demo: "npm run build:demo",
  pack: `npm pack --silent --ignore-scripts --pack-destination "${scratch}"`,
  publint: `publint run "${join(scratch, "*.tgz")}" --strict`,
  attw: `attw "${join(scratch, "*.tgz")}" --profile esm-only`,
  knip: "knip",
  size: "size-limit",
};

/**
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} [args]
 * @returns {Promise<boolean>} whether it went well
 */
async function step(name, command, args) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const child = spawn(command, args ?? [], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${join(ROOT, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}` },
    shell: args === undefined,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const passed = await new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  summary.push(`${passed ? "ok    " : "FAILED"}  ${name.padEnd(8)}${seconds.padStart(7)} s`);
  return passed;
}
