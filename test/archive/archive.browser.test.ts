import { exportArchive, exportArchiveStream, importArchive, verifyArchive } from "burrow-store/archive";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { BurrowStore } from "../../src/contract/index.ts";
import { GOLDEN_DUMPS } from "../golden/golden.ts";
import { expectEqual } from "../../src/conformance/expectation.ts";
import { expectBytes, expectSameRuntimes, expectSound, furnishedStore, stream } from "./archives.ts";

const NAME = "archive";
let golden: Uint8Array<ArrayBuffer>;
let store: BurrowStore;

beforeAll(async () => {
  golden = new Uint8Array(await (await fetch(new URL("../golden/archive-v1.ndjson", import.meta.url))).arrayBuffer());
});

beforeEach(async () => {
  store = await openIndexedDbRuntimeStore({ name: NAME });
});

afterEach(async () => {
  await store.close();
  await deleteIndexedDbRuntimeStore(NAME);
});

// Every browser reads what another one wrote, and writes the same bytes: so what any of them writes, the others read.
test("the archive of the first version is imported, and exported again to the byte", async () => {
  expect(verifyArchive(golden).whole).toBe(true);
  await importArchive(store, golden);
  for (const dump of GOLDEN_DUMPS) expectEqual(await store.dumpRuntime(dump.runtime_id), dump, dump.runtime_id);
  expectBytes(await exportArchive(store), golden);
  await expectSound(store);
});

test("an archive goes from one store to another as bytes, as a blob and as a stream", async () => {
  const source = await furnishedStore();
  const bytes = await exportArchive(source);
  const blob = await new Response(exportArchiveStream(source)).blob();
  expect(await verifyArchive(blob)).toEqual(verifyArchive(bytes));
  for (const archive of [bytes, blob, blob.stream(), exportArchiveStream(source), stream(bytes, 100_000)]) {
    await importArchive(store, archive);
    await expectSameRuntimes(store, source);
    for (const { runtime_id } of await source.listRuntimes())
      await store.deleteRuntime(runtime_id, { withSessions: true });
  }
  await importArchive(store, bytes);
  await expectSound(store);
  await source.close();
});

test("a damaged archive is refused, and nothing of it is stored", async () => {
  const damaged = golden.slice().fill(0x20, 3000, 3010);
  await expect(importArchive(store, damaged)).rejects.toMatchObject({ code: "invalid_archive" });
  await expect(importArchive(store, new Blob([damaged]))).rejects.toMatchObject({ code: "invalid_archive" });
  expect(await store.listRuntimes()).toEqual([]);
});
