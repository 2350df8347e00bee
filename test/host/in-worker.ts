import { connectRuntimeStore } from "burrow-store/host";
import type { Harness } from "../../src/conformance/index.ts";
import { closingToo } from "./over-channel.ts";
import type { WorkerTask } from "./store-worker.ts";

export const startWorker = (): Worker => new Worker(new URL("./store-worker.ts", import.meta.url), { type: "module" });

/** Gives a worker a task. At the port that is returned it tells what it has done. */
export function give(worker: Worker, task: Omit<WorkerTask, "done">): MessagePort {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ ...task, done: port2 } satisfies WorkerTask, task.port ? [port2, task.port] : [port2]);
  return port1;
}

/** The one message at a port, which is closed with it. */
export const answerAt = (port: MessagePort): Promise<unknown> =>
  new Promise((resolve) => {
    port.onmessage = ({ data }) => {
      port.close();
      resolve(data);
    };
  });

/** Durable stores, all in one dedicated worker. */
export function workerHarness(): Harness {
  const worker = startWorker();
  return {
    capabilities: new Set(["reopen", "open twice", "one connection", "leases", "rich values"]),
    open: async (name) => {
      const { port1, port2 } = new MessageChannel();
      const hosted = give(worker, { task: "open", name, port: port2 });
      return closingToo(await connectRuntimeStore(port1), async () => {
        hosted.postMessage("close");
        await answerAt(hosted);
        port1.close();
      });
    },
    destroy: async (name) => {
      await answerAt(give(worker, { task: "destroy", name }));
    },
  };
}
