import type { OpenStore } from "../contender.ts";
import type { Answer, Call } from "./sqlite-worker.ts";

/** Where the server has the worker's script. */
export const SQLITE_WORKER = "/sqlite-worker.js";

/** In a worker, for only there the private file system is fast: the way there and back counts, as an app would have it. */
export const openSqliteWasm: OpenStore = async (name) => {
  const worker = new Worker(SQLITE_WORKER, { type: "module" });
  const ask = (call: Call): Promise<Uint8Array | undefined> =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if ("error" in data) reject(new Error(data.error));
        else resolve(data.snapshot);
      };
      worker.postMessage(call);
    });
  await ask({ call: "open", name });
  return {
    commit: (turn) => ask({ call: "commit", turn }),
    load: () => ask({ call: "load" }),
    async close() {
      await ask({ call: "close" });
      worker.terminate();
    },
  };
};
