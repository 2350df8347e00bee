import type { OpenStore } from "../contender.ts";
import type { Answer, Call } from "./sqlite-worker.ts";

/** Where the server has the worker's script. */
export const SQLITE_WORKER = "/sqlite-worker.js";

let worker: Worker | undefined;

/**
 * In a worker, for only there the private file system is fast: the way there and back counts, as an app would have it. The
 * worker stays when a database is closed, as the other stores' code does.
 */
export const openSqliteWasm: OpenStore = async (name) => {
  await ask({ call: "open", name });
  return {
    commit: (turn) => ask({ call: "commit", turn }),
    load: () => ask({ call: "load" }),
    async close() {
      await ask({ call: "close" });
    },
  };
};

/** One call at a time. */
function ask(call: Call): Promise<Uint8Array | undefined> {
  const asked = (worker ??= new Worker(SQLITE_WORKER, { type: "module" }));
  return new Promise((resolve, reject) => {
    asked.onerror = (event) => reject(new Error(event.message));
    asked.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.snapshot);
    };
    asked.postMessage(call);
  });
}
