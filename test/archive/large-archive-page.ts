import { exportArchiveBlob, exportArchiveStream, importArchive, verifyArchive } from "../../src/archive/index.ts";
import { boundary, conversation, delta, runId, sessionId } from "../../src/conformance/samples.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";

const RUNTIMES = 20;
const TEXT = "ten megabytes of it ".repeat(512 * 1024);

const fileHandle = async (): Promise<FileSystemFileHandle> =>
  (await navigator.storage.getDirectory()).getFileHandle("archive.ndjson", { create: true });

/** Commits 200 MB of snapshots, ten for each runtime. */
export async function fill(): Promise<void> {
  const store = await openIndexedDbRuntimeStore({ name: "large" });
  for (let n = 1; n <= RUNTIMES; n++) {
    const sessionDelta = delta(conversation(sessionId(n), TEXT));
    await store.commitSessionBoundary(`runtime ${n}`, boundary({ runId: runId(n), sessionDelta }));
  }
  await store.close();
}

/** Exports it all as a stream into a file of the origin, and gives the length of that. */
export async function exportToFile(): Promise<number> {
  const store = await openIndexedDbRuntimeStore({ name: "large" });
  const handle = await fileHandle();
  await exportArchiveStream(store).pipeTo(await handle.createWritable());
  await store.close();
  return (await handle.getFile()).size;
}

/** Exports into a blob, and gives its size. */
export async function exportToBlob(): Promise<number> {
  const store = await openIndexedDbRuntimeStore({ name: "large" });
  const { size } = await exportArchiveBlob(store);
  await store.close();
  return size;
}

/** Whether the file is whole. */
export async function verifyFile(): Promise<boolean> {
  return (await verifyArchive(await (await fileHandle()).getFile())).whole;
}

/** Imports the file into another database, and gives how many runtimes that were. */
export async function importFile(): Promise<number> {
  const store = await openIndexedDbRuntimeStore({ name: "other" });
  const { runtimes } = await importArchive(store, await (await fileHandle()).getFile());
  await store.close();
  return runtimes.length;
}
