import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { indexedDbFolder, openWithEngine } from "../browsers/disk-engines.ts";
import { importInPage, serve } from "../browsers/on-disk.ts";
import type * as page from "./unreadable-rows-page.ts";

const SESSION = "0197d000-0000-7000-8000-000000000001";
const [LARGE, SMALL] = ["0197d000-0000-7000-8000-00000000000a", "0197d000-0000-7000-8000-00000000000b"];

test("rows whose files are gone are named, hide no others, and are replaced by writing (Chromium, LevelDB)", async () => {
  const folder = await mkdtemp(join(tmpdir(), "burrow-unreadable-"));
  const server = await serve();
  const inChromium = async <T>(work: (module: Awaited<ReturnType<typeof load>>) => Promise<T>): Promise<T> => {
    const chromium = await openWithEngine("LevelDB", folder);
    try {
      return await work(await load(await chromium.newPage()));
    } finally {
      await chromium.close();
    }
  };
  const load = (tab: Parameters<typeof importInPage>[0]) =>
    importInPage<typeof page>(tab, server, "/test/faults/unreadable-rows-page.ts");
  try {
    await inChromium((module) => module.evaluate(({ fill }) => fill()));
    const entries = await readdir(indexedDbFolder(folder));
    const files = entries.filter((entry) => entry.endsWith(".indexeddb.blob"));
    expect(files).toHaveLength(1);
    for (const each of files) await rm(join(indexedDbFolder(folder), each), { recursive: true });

    const { found, replaced } = await inChromium((module) => module.evaluate(({ readAndReplace }) => readAndReplace()));
    const input = { table: "runtime_input_states", key: ["agent", LARGE] };
    const session = { table: "sessions", key: [SESSION] };
    expect(found).toEqual({
      load: { code: "corrupt_record", row: input },
      list: { code: "corrupt_record", row: input },
      skipped: [SMALL],
      marked: [SMALL, input],
      sessions: [session],
      findings: [
        { code: "damaged_row", row: input },
        { code: "damaged_row", row: session },
        { code: "damaged_body", row: { table: "session_bodies", key: [expect.any(String)] } },
      ],
      pruned: 0,
      rows: [5],
    });
    expect(replaced).toEqual({ inputs: [LARGE, SMALL], sessions: [SESSION], findings: 0 });
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});
