import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { exportArchive, importArchive, verifyArchive } from "../../src/archive/index.ts";
import { expectEqual } from "../../src/conformance/expectation.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { expectBytes, expectSound } from "../archive/archives.ts";
import { furnishGolden, GOLDEN_DUMPS } from "./golden.ts";

const GOLDEN = new Uint8Array(readFileSync(new URL("archive-v1.ndjson", import.meta.url)));

test("the archive of the first version holds what it was made of", async () => {
  expect(verifyArchive(GOLDEN)).toMatchObject({
    whole: true,
    runtimes: [
      { runtime_id: "agent é 😀", revision: 4, receipts: 2, input_states: 4, sessions: 1 },
      { runtime_id: "bare", revision: 0, receipts: 0, input_states: 0, sessions: 0 },
      { runtime_id: "moved", revision: 4, receipts: 2, input_states: 0, sessions: 2 },
    ],
  });
  const store = createMemoryRuntimeStore();
  await importArchive(store, GOLDEN);
  for (const dump of GOLDEN_DUMPS) expectEqual(await store.dumpRuntime(dump.runtime_id), dump, dump.runtime_id);
  await expectSound(store);
});

test("the archive of the first version is what this version writes", async () => {
  const store = createMemoryRuntimeStore();
  await furnishGolden(store);
  expectBytes(await exportArchive(store), GOLDEN);
});
