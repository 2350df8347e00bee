import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { bundle } from "../crash/bundle.ts";
import { SQLITE_WORKER } from "./contenders/sqlite-wasm.ts";
import type { Outcome, Plan } from "./plan.ts";

const SQLITE_WASM = new URL("../../node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm", import.meta.url);

/** In a page that is isolated from other origins clocks are finer: by 20 us in Firefox and WebKit, which else give whole milliseconds. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Serves the one page, with all stores in it, and hears what came of its plan. */
export class BenchServer implements AsyncDisposable {
  readonly #page: string;
  readonly #worker: string;
  #hear: (outcome: Outcome | { readonly error: string }) => void = () => undefined;
  readonly #server: Server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  private constructor(page: string, worker: string) {
    this.#page = `<!doctype html><link rel="icon" href="data:,"><script type="module">${page}</script>`;
    this.#worker = worker;
  }

  static async start(): Promise<BenchServer> {
    const page = await bundle(new URL("./bench-page.ts", import.meta.url));
    const server = new BenchServer(page, await bundle(new URL("./contenders/sqlite-worker.ts", import.meta.url)));
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  urlOf(plan: Plan): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/?plan=${encodeURIComponent(JSON.stringify(plan))}`;
  }

  /** What the next page to end says; rejects when it failed, or says nothing for so many milliseconds. */
  nextOutcome(limit: number): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the page says nothing")), limit);
      this.#hear = (outcome) => {
        clearTimeout(timer);
        if ("error" in outcome) reject(new Error(outcome.error));
        else resolve(outcome);
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(ISOLATED)) response.setHeader(name, value);
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    if (pathname === "/") response.setHeader("Content-Type", "text/html; charset=utf-8").end(this.#page);
    else if (pathname === SQLITE_WORKER) response.setHeader("Content-Type", "text/javascript").end(this.#worker);
    else if (pathname.endsWith(".wasm"))
      response.setHeader("Content-Type", "application/wasm").end(readFileSync(SQLITE_WASM));
    else if (pathname === "/outcome") {
      const outcome = JSON.parse(await text(request)) as Outcome | { readonly error: string };
      response.end();
      this.#hear(outcome);
    } else response.writeHead(404).end();
  }
}
