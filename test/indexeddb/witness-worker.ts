import { isRuntimeStoreError } from "burrow-store";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore, storageReport } from "burrow-store/indexeddb";
import { boundary, conversation, delta, sessionId } from "../../src/conformance/samples.ts";

/** What a worker does with the store of a name; it answers with the error's code, or with what its witness is. */
export interface WorkerTask {
  readonly task: "commit" | "open" | "delete";
  readonly name: string;
}

addEventListener("message", ({ data }: MessageEvent<WorkerTask>) => {
  perform(data).then(postMessage, (error: unknown) => {
    postMessage(isRuntimeStoreError(error) ? error.code : String(error));
  });
});

async function perform({ task, name }: WorkerTask): Promise<string | undefined> {
  if (task === "delete") {
    await deleteIndexedDbRuntimeStore(name);
    return "deleted";
  }
  const store = await openIndexedDbRuntimeStore({ name });
  if (task === "commit") {
    await store.commitSessionBoundary("agent", boundary({ sessionDelta: delta(conversation(sessionId(1), "hello")) }));
  }
  const { witness } = await storageReport(store);
  await store.close();
  return witness;
}
