import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { bundle } from "./bundle.ts";
import type { Event, Job } from "./crash-events.ts";
import { type Numbered, Visit } from "./visit.ts";

/** How long to wait for a job: a browser has six connections for all pages of an origin, and there may be more that wait. */
const POLL_LIMIT_MS = 300;

const CRASH_PAGE = new URL("./crash-page.ts", import.meta.url);

/**
 * Gives pages their jobs and hears what they say, so that a browser needs no driver. All pages are of one origin for as long
 * as the server runs, however often their browser is started again.
 */
export class JobServer<J = Job, E extends { readonly event: string } = Event> implements AsyncDisposable {
  readonly #script: string;
  readonly #visits = new Map<string, Visit<J, E>>();
  readonly #server: Server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  private constructor(script: string) {
    this.#script = script;
  }

  /** Serves a module as its sources are now, as a page and as a worker: what is edited later is not seen. */
  static async start<J = Job, E extends { readonly event: string } = Event>(
    module: URL = CRASH_PAGE,
  ): Promise<JobServer<J, E>> {
    const server = new JobServer<J, E>(await bundle(module));
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Makes a page with its jobs: each is given out once, to whoever opens the visit's `url` first. */
  visit(...jobs: readonly J[]): Visit<J, E> {
    return this.#expect("/page", jobs);
  }

  /** Makes a worker: the visit's `url` is that of its script. */
  visitOfWorker(...jobs: readonly J[]): Visit<J, E> {
    return this.#expect("/worker", jobs);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #expect(path: string, jobs: readonly J[]): Visit<J, E> {
    const { port } = this.#server.address() as AddressInfo;
    const visit = new Visit<J, E>(new URL(path, `http://127.0.0.1:${port}`), jobs);
    this.#visits.set(visit.id, visit);
    return visit;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const visit = this.#visits.get(searchParams.get("visit") ?? "");
    switch (pathname) {
      case "/page":
        response
          .setHeader("Content-Type", "text/html; charset=utf-8")
          .end(`<!doctype html><link rel="icon" href="data:,"><script type="module">${this.#script}</script>`);
        return;
      case "/worker":
        response.setHeader("Content-Type", "text/javascript; charset=utf-8").end(this.#script);
        return;
      case "/job": {
        if (!visit || visit.hasTaken(Number(searchParams.get("n")))) {
          response.writeHead(410).end();
          return;
        }
        const job = await visit.takeJob(POLL_LIMIT_MS);
        response.writeHead(job ? 200 : 204).end(JSON.stringify(job));
        return;
      }
      case "/said":
        visit?.hear([JSON.parse(await text(request)) as Numbered<E> | Numbered<E>[]].flat() as Numbered<E>[]);
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
