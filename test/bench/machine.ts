import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, release, tmpdir, totalmem, type } from "node:os";
import { join } from "node:path";
import { type BrowserKind, programOf } from "../crash/browser-launch.ts";
import { startScreen } from "../crash/screen.ts";
import { CONTENDERS } from "./contender.ts";
import { medianOf } from "./figures.ts";

/** On what a run was measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** How long it takes to bring 4 KiB to the disk: all that `strict` costs more than `relaxed` hangs on it. */
  readonly syncMs: number;
  /** How much else ran in the last quarter of an hour. */
  readonly load: number;
  readonly node: string;
  readonly browsers: Readonly<Partial<Record<BrowserKind, string>>>;
  readonly packages: Readonly<Record<string, string>>;
}

export async function thisMachine(browsers: readonly BrowserKind[]): Promise<Machine> {
  const versions = browsers.map(async (browser) => [browser, await versionOfBrowser(browser)] as const);
  const packages = CONTENDERS.filter((name) => !/[ ,]/.test(name));
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    syncMs: medianOf(syncTimes()),
    load: loadavg()[2] ?? 0,
    node: process.version,
    browsers: Object.fromEntries(await Promise.all(versions)),
    packages: Object.fromEntries(packages.map((name) => [name, versionOfPackage(name)])),
  };
}

function syncTimes(): number[] {
  const folder = mkdtempSync(join(tmpdir(), "burrow-sync-"));
  const file = openSync(join(folder, "file"), "w");
  const times = Array.from({ length: 100 }, () => {
    const start = performance.now();
    writeSync(file, Buffer.alloc(4096, 1));
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return times;
}

/** The number alone. WebKitGTK's browser has to have a screen to tell it. */
async function versionOfBrowser(browser: BrowserKind): Promise<string> {
  const { program, xvfb } = programOf(browser);
  const screen = xvfb === undefined ? undefined : await startScreen(xvfb);
  const env = { ...process.env, ...(screen ? { DISPLAY: screen.display } : {}) };
  const text = execFileSync(program, ["--version"], { encoding: "utf8", stdio: "pipe", env });
  screen?.stop();
  return /\d[\w.]+/.exec(text)?.[0] ?? "unknown";
}

function versionOfPackage(name: string): string {
  const folder = name === "burrow-store" ? "" : `node_modules/${name}/`;
  const text = readFileSync(new URL(`../../${folder}package.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
