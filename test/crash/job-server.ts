import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { bundle } from "./bundle.ts";
import type { Job, Said } from "./crash-events.ts";
import { Visit } from "./visit.ts";

/**
 * Gives pages their jobs and hears what they say, so that a browser needs no driver. All pages are of one origin for as long
 * as the server runs, however often their browser is started again.
 */
export class JobServer implements AsyncDisposable {
  readonly #page: string;
  readonly #visits = new Map<string, Visit>();
  readonly #server: Server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  private constructor(script: string) {
    this.#page = `<!doctype html><link rel="icon" href="data:,"><script type="module">${script}</script>`;
  }

  /** Serves the page as its sources are now: what is edited later is not seen. */
  static async start(): Promise<JobServer> {
    const server = new JobServer(await bundle(new URL("./crash-page.ts", import.meta.url)));
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Makes a page with one job: it is given out once, to whoever opens the visit's `url` first. */
  visit(job: Job): Visit {
    const { port } = this.#server.address() as AddressInfo;
    const visit = new Visit(`http://127.0.0.1:${port}`, job);
    this.#visits.set(visit.id, visit);
    return visit;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const visit = this.#visits.get(searchParams.get("visit") ?? "");
    switch (pathname) {
      case "/crash":
        response.setHeader("Content-Type", "text/html; charset=utf-8").end(this.#page);
        return;
      case "/job": {
        const job = visit?.takeJob();
        response.writeHead(job ? 200 : 410).end(JSON.stringify(job));
        return;
      }
      case "/said":
        visit?.hear(JSON.parse(await text(request)) as Said);
        response.end();
        return;
      case "/leave":
        await visit?.mayLeave;
        response.end();
        return;
      default:
        response.writeHead(404).end();
    }
  }
}
