import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { defineBrowserProvider } from "@vitest/browser";
import type { BrowserProvider, BrowserProviderOption } from "vitest/node";
import type { WebKitGtk } from "./find-browsers.ts";

const START_LIMIT_MS = 60_000;

/** Runs Vitest's browser mode in WebKitGTK: its MiniBrowser, driven over W3C WebDriver, on a virtual screen. */
export function webkitgtk(programs: WebKitGtk): BrowserProviderOption {
  return defineBrowserProvider({
    name: "webkitgtk",
    supportedBrowser: ["webkit"],
    options: programs,
    providerFactory: () => new WebKitGtkProvider(programs),
  });
}

class WebKitGtkProvider implements BrowserProvider {
  readonly name = "webkitgtk";
  /** One automation session at a time is all that WebKitWebDriver gives. */
  readonly supportsParallelism = false;
  readonly #programs: WebKitGtk;
  readonly #children: ChildProcess[] = [];
  #session: Promise<string> | undefined;

  constructor(programs: WebKitGtk) {
    this.#programs = programs;
  }

  getCommandsContext(): Record<string, unknown> {
    return {};
  }

  async openPage(_sessionId: string, url: string): Promise<void> {
    this.#session ??= this.#start();
    await webdriver("POST", `${await this.#session}/url`, { url });
  }

  async close(): Promise<void> {
    if (this.#session) await this.#session.then((session) => webdriver("DELETE", session)).catch(() => undefined);
    this.#session = undefined;
    this.#kill();
    process.off("exit", this.#kill);
  }

  /** Starts the screen, the driver and the browser, and gives the address of the session. */
  async #start(): Promise<string> {
    // Vitest turns SIGINT and SIGTERM into an exit, which does not wait for `close`.
    process.once("exit", this.#kill);
    try {
      const display = await this.#startScreen();
      const address = await this.#startDriver(display);
      const browser = { binary: this.#programs.miniBrowser, args: ["--automation"] };
      const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": browser } };
      const { sessionId } = (await webdriver("POST", `${address}/session`, { capabilities })) as { sessionId: string };
      return `${address}/session/${sessionId}`;
    } catch (cause) {
      this.#kill();
      throw new Error("WebKitGTK did not start", { cause });
    }
  }

  async #startScreen(): Promise<string> {
    const screen = ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"];
    const xvfb = spawn(this.#programs.xvfb, screen, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
    const number = new Promise<string>((resolve) =>
      xvfb.stdio[3]?.once("data", (text) => resolve(String(text).trim())),
    );
    return `:${await this.#unlessItDies(xvfb, number)}`;
  }

  async #startDriver(display: string): Promise<string> {
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const driver = spawn(this.#programs.driver, [`--port=${port}`, "--host=127.0.0.1"], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, DISPLAY: display },
    });
    await this.#unlessItDies(driver, answers(`${address}/status`));
    return address;
  }

  /** What `ready` gives, or an error with the child's last words when the child ends first or takes too long. */
  async #unlessItDies<T>(child: ChildProcess, ready: Promise<T>): Promise<T> {
    this.#children.push(child);
    let complaint = "";
    child.stderr?.on("data", (text) => (complaint = `${complaint}${String(text)}`.slice(-1000)));
    const failed = new Promise<never>((_, reject) => {
      const fail = (what: string) => reject(new Error(`${child.spawnfile} ${what}. ${complaint}`.trim()));
      child.once("error", (error) => fail(error.message));
      child.once("exit", (code, signal) => fail(`ended with ${signal ?? code}`));
      setTimeout(() => fail(`was not ready within ${START_LIMIT_MS} ms`), START_LIMIT_MS).unref();
    });
    return Promise.race([ready, failed]);
  }

  readonly #kill = (): void => {
    for (const child of this.#children.splice(0).reverse()) child.kill();
  };
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50, undefined, { ref: false });
  }
}

async function webdriver(method: "POST" | "DELETE", url: string, body?: object): Promise<unknown> {
  // Asked for a session, the driver waits for ever when its browser ends before it answers.
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  const response = await fetch(url, { method, body: body ? JSON.stringify(body) : null, signal }).catch(
    (error: unknown) => {
      throw new Error(`${method} ${url} got no answer: ${String(error)}`);
    },
  );
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`${method} ${url} was refused: ${JSON.stringify(value)}`);
  return value;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
