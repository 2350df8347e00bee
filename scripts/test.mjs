// The one test command: every check and every test, whatever fails, and one last line that counts them.
// Arguments are Vitest's, which then runs alone: `npm test -- --project unit`. Lanes that are not listed here run only when named.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
/** Ends what hangs, before a CI machine ends everything without a word; what is named by hand may take its time. */
const STEP_LIMIT_MS = (process.argv.length > 2 ? 240 : 75) * 60_000;
/** Vitest takes what any of several patterns takes: two lanes cannot be left out by two negations. */
const LANES = ["unit", "ui", "chromium", "firefox", "webkit", "disk"];
const PATH = [join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);

const scratch = await mkdtemp(join(tmpdir(), "burrow-test-"));
const vitestArgs = process.argv.slice(2);
const counts = { passed: 0, failed: 0 };
/** @type {string[]} */
const summary = [];

if (vitestArgs.length === 0) await Promise.all((await staticChecks()).map(runChecks));
await runVitest();
await rm(scratch, { recursive: true });

console.log(`\n${summary.join("\n")}\n\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/** Two rows at once: ESLint takes as long as all others, which go in this order, as what is built is checked after it was built. */
async function staticChecks() {
  const { name, version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const tarball = `"${join(scratch, `${name}-${version}.tgz`)}"`;
  const others = {
    format: "prettier --check .",
    types: "tsc",
    build: "npm run --silent build",
    demo: "npm run --silent build:demo",
    pack: `npm pack --silent --ignore-scripts --pack-destination "${scratch}"`,
    publint: `publint run ${tarball} --strict`,
    attw: `attw ${tarball} --profile esm-only --no-summary`,
    knip: "knip",
    size: "size-limit",
  };
  return [{ lint: "eslint ." }, others];
}

/**
 * One after the other, each in a shell and each counted as one.
 *
 * @param {Readonly<Record<string, string>>} checks
 */
async function runChecks(checks) {
  for (const [name, command] of Object.entries(checks)) {
    const passed = await run(name, command);
    counts[passed ? "passed" : "failed"]++;
  }
}

/** Counts the tests that Vitest reports, and a failure that no test accounts for, such as a file that does not load. */
async function runVitest() {
  const report = join(scratch, "vitest.json");
  process.env.BURROW_TEST_REPORT = report;
  const ended = await run("tests", process.execPath, [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=./scripts/failure-reporter.mjs",
    ...(vitestArgs.length === 0 ? LANES.map((lane) => `--project=${lane}`) : vitestArgs),
  ]);
  const { passed = 0, failures = [] } = await readFile(report, "utf8").then(JSON.parse, () => ({}));
  counts.passed += passed;
  counts.failed += ended ? 0 : Math.max(failures.length, 1);
  // A CI that keeps only the end of what was printed still names what failed, and where.
  summary.push(...failures.map((/** @type {string} */ failure) => `\n${failure}`));
}

/**
 * @param {string} name
 * @param {string} command a program when there are `args`, else a line for the shell
 * @param {readonly string[]} [args]
 * @returns {Promise<boolean>} whether it ended well
 */
async function run(name, command, args) {
  const isAlone = args !== undefined;
  if (isAlone) console.log(`\n── ${name}`);
  const start = performance.now();
  const child = spawn(command, args ?? [], {
    cwd: ROOT,
    env: { ...process.env, PATH },
    shell: !isAlone,
    stdio: isAlone ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    timeout: STEP_LIMIT_MS,
  });
  // What runs beside it prints too: each has its say whole.
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (said += text));
  const code = await new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  if (!isAlone) console.log(`\n── ${name}\n${said.trimEnd()}`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  summary.push(`${code === 0 ? "ok    " : "FAILED"} ${name.padEnd(8)}${seconds.padStart(6)} s`);
  return code === 0;
}
