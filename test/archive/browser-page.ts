import { exportArchive, importArchive, verifyArchive } from "../../src/archive/index.ts";
import { expectEqual } from "../../src/conformance/expectation.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { doJobs, type WorkerEvent } from "../tabs/do-jobs.ts";
import { expectSound, furnishedStore } from "./archives.ts";

/** Fills a new database by hand, or with what an archive holds, which is text; and exports it. */
export interface ArchiveJob {
  readonly database: string;
  readonly archive?: string | undefined;
}

export type ArchiveEvent =
  WorkerEvent | { readonly event: "exported"; readonly database: string; readonly archive: string };

await doJobs<ArchiveJob, ArchiveEvent>((say) => async ({ database, archive }) => {
  const store = await openIndexedDbRuntimeStore({ name: database });
  if (archive === undefined) await furnishedStore(store);
  else {
    const bytes = new TextEncoder().encode(archive);
    expectEqual(verifyArchive(bytes).problems, [], "the problems of the archive");
    await importArchive(store, bytes);
  }
  await expectSound(store);
  say({ event: "exported", database, archive: new TextDecoder().decode(await exportArchive(store)) });
  await store.close();
});
