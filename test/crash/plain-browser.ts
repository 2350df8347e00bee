import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { haveEnded, killProcesses, MARK } from "./browser-processes.ts";
import { type BrowserKind, launchOf, programOf } from "./browser-launch.ts";
import { type Screen, startScreen } from "./screen.ts";

/** How long a browser may take to end after it was asked to, or after its page closed the last window. */
const QUIT_LIMIT_MS = 8000;
const CLOSE_LIMIT_MS = 4000;
const REST_LIMIT_MS = 2000;
const KILL_LIMIT_MS = 10_000;
const KILL_AGAIN_MS = 200;

/** How a browser came to its end: by itself, as its last window was closed; when it was told to; or it had to be killed. */
export type Ending = "closed" | "terminated" | "killed";

/** A browser as a person starts it: no driver, nothing in memory only, and nobody who could ask it to save. */
export class PlainBrowser {
  readonly #kind: BrowserKind;
  readonly #profile: string;
  readonly #main: ChildProcess;
  readonly #id: number;
  readonly #screen: Screen | undefined;
  readonly #killAtExit = () => {
    killProcesses(this.#profile, this.#id);
  };

  /** Of a process that leads its own group. */
  constructor(kind: BrowserKind, profile: string, main: ChildProcess, screen?: Screen) {
    if (main.pid === undefined) throw new Error(`${kind} did not start`);
    this.#kind = kind;
    this.#profile = profile;
    this.#main = main;
    this.#id = main.pid;
    this.#screen = screen;
    process.once("exit", this.#killAtExit);
  }

  /** Kills every process of this browser at once, the main one first, and resolves when all are gone. */
  async kill(): Promise<void> {
    // To look for all that are of the profile takes longer than a commit.
    if (this.#isRunning()) process.kill(-this.#id, "SIGKILL");
    const end = performance.now() + KILL_LIMIT_MS;
    do {
      // Again, for what was just being started when the others were killed.
      killProcesses(this.#profile, this.#id);
      if (performance.now() > end) throw new Error(`${this.#kind} outlives SIGKILL`);
    } while (!(await haveEnded(this.#profile, KILL_AGAIN_MS)));
    this.#tidyUp();
  }

  /**
   * Ends the browser in good order. Firefox and WebKitGTK know no other than that the page closes the last window, which
   * this waits for: by SIGTERM they just die.
   */
  async quit(): Promise<Ending> {
    const closesItself = this.#kind === "Firefox" || this.#kind === "WebKitGTK";
    const isClosed = closesItself && (await this.#hasEnded(CLOSE_LIMIT_MS));
    if (!isClosed) this.#main.kill();
    const isDone = isClosed || (await this.#hasEnded(QUIT_LIMIT_MS));
    // In WebKitGTK another process keeps the databases, and ends behind the main one.
    if (isDone) await haveEnded(this.#profile, REST_LIMIT_MS);
    await this.kill();
    if (isClosed) return "closed";
    return isDone ? "terminated" : "killed";
  }

  /** Whether the main process is gone, waiting for it so many milliseconds. */
  async #hasEnded(limit: number): Promise<boolean> {
    if (!this.#isRunning()) return true;
    const waiting = new AbortController();
    const ended = once(this.#main, "exit", { signal: waiting.signal }).then(() => true);
    const late = sleep(limit, false, { signal: waiting.signal });
    try {
      return await Promise.race([ended, late]);
    } finally {
      waiting.abort();
      await Promise.allSettled([ended, late]);
    }
  }

  /** Whether the main process has not been seen to end, so that its number is still its own. */
  #isRunning(): boolean {
    return this.#main.exitCode === null && this.#main.signalCode === null;
  }

  #tidyUp(): void {
    process.off("exit", this.#killAtExit);
    this.#screen?.stop();
  }
}

/** Starts a browser with its profile in a folder, on one page; `more` are arguments besides those that all are started with. */
export async function startBrowser(
  kind: BrowserKind,
  profile: string,
  url: string,
  more: readonly string[] = [],
): Promise<PlainBrowser> {
  const { program, xvfb } = programOf(kind);
  // A browser that was killed leaves them behind, and Chromium would hand its URL to a process that is no more.
  for (const name of ["SingletonLock", "SingletonCookie", "SingletonSocket"])
    rmSync(join(profile, name), { force: true });
  const screen = xvfb === undefined ? undefined : await startScreen(xvfb);
  const { args, env } = launchOf(kind, profile, url);
  const main = spawn(program, [...more, ...args], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, ...env, ...(screen ? { DISPLAY: screen.display } : {}), [MARK]: profile },
  });
  await once(main, "spawn");
  return new PlainBrowser(kind, profile, main, screen);
}
