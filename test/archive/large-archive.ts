import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { exportArchiveStream, importArchive, verifyArchive } from "../../src/archive/index.ts";
import { boundary, conversation, delta, runId, sessionId } from "../../src/conformance/samples.ts";
import type { BurrowStore, RuntimeDump } from "../../src/contract/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";

const RUNTIMES = 20;
const TEXT = "ten megabytes of it ".repeat(512 * 1024);
const nameOf = (n: number): string => `runtime ${String(n).padStart(2, "0")}`;

/** A store of which only one runtime is there at a time: what is measured is the archive's memory, not the store's. */
function passingStore(): BurrowStore {
  const heads = Array.from({ length: RUNTIMES }, (_, n) => ({ runtime_id: nameOf(n), revision: 1 }));
  return {
    listRuntimes: () => Promise.resolve(heads),
    dumpRuntime: async (runtimeId: string) => {
      const n = heads.findIndex(({ runtime_id }) => runtime_id === runtimeId);
      const store = createMemoryRuntimeStore();
      const sessionDelta = delta(conversation(sessionId(n + 1), TEXT));
      await store.commitSessionBoundary(runtimeId, boundary({ runId: runId(n + 1), sessionDelta }));
      return store.dumpRuntime(runtimeId);
    },
    restoreRuntime: (dump: RuntimeDump) => createMemoryRuntimeStore().restoreRuntime(dump),
  } as unknown as BurrowStore;
}

const [, , work, file = ""] = process.argv;
const archive = (): ReadableStream<Uint8Array> => Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
if (work === "export") {
  const out = createWriteStream(file);
  for await (const piece of Readable.fromWeb(exportArchiveStream(passingStore()) as never)) {
    if (!out.write(piece)) await new Promise<void>((resolve) => out.once("drain", resolve));
  }
  await new Promise<void>((resolve) => out.end(resolve));
} else if (work === "verify") {
  if (!(await verifyArchive(archive())).whole) throw new Error("the archive is damaged");
} else {
  const { runtimes } = await importArchive(passingStore(), archive());
  if (runtimes.length !== RUNTIMES) throw new Error("runtimes are missing");
}
console.log(process.resourceUsage().maxRSS);
