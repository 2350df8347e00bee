import { connectRuntimeStore, hostRuntimeStore } from "burrow-store/host";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";

/** What a page asks of the worker. */
export interface WorkerTask {
  /** `open` serves the store at the port, and closes it when `done` gets a message; `hold` is a client at the port. */
  readonly task: "open" | "destroy" | "hold" | "block";
  readonly name: string;
  readonly done: MessagePort;
  readonly port?: MessagePort;
}

addEventListener("message", ({ data }: MessageEvent<WorkerTask>) => {
  void perform(data);
});

async function perform({ task, name, done, port }: WorkerTask): Promise<void> {
  if (task === "destroy") await deleteIndexedDbRuntimeStore(name, { witness: false });
  if (task === "block") for (;;);
  if (port && task === "hold") await (await connectRuntimeStore(port)).acquireRuntime(name);
  if (port && task === "open") {
    const opening = openIndexedDbRuntimeStore({ name, witness: false });
    const stop = hostRuntimeStore(opening, port);
    done.onmessage = async () => {
      await stop();
      await (await opening).close();
      end(done, "closed");
      port.close();
    };
    return;
  }
  end(done, "done");
}

/** A port that stays open in a worker makes every later message slower in WebKit. */
function end(done: MessagePort, answer: string): void {
  done.postMessage(answer);
  done.close();
}
