import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeAll, describe, expect, test } from "vitest";
import {
  type ArchiveProgress,
  exportArchive,
  exportArchiveBlob,
  exportArchiveStream,
  importArchive,
  verifyArchive,
} from "../../src/archive/index.ts";
import { expectEqual } from "../../src/conformance/expectation.ts";
import { apply, boundary, conversation, delta, inputState, receipt, sessionId } from "../../src/conformance/samples.ts";
import { everythingIn, FURNISHED } from "../../src/conformance/whole-store.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import {
  expectBytes,
  expectSameRuntimes,
  expectSound,
  fromLines,
  furnishedStore,
  linesOf,
  stream,
} from "./archives.ts";

const IDS = ["another", FURNISHED, "large", "rich é 😀"];

let store: BurrowStore;
let archive: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  store = await furnishedStore();
  archive = await exportArchive(store);
});

const NEW_STORES: Readonly<Record<string, () => Promise<BurrowStore>>> = {
  memory: () => Promise.resolve(createMemoryRuntimeStore()),
  "fake-indexeddb": () => openIndexedDbRuntimeStore({ name: "archive", indexedDB: new IDBFactory() }),
};

describe.each(Object.entries(NEW_STORES))("an archive in %s", (_, open) => {
  test("holds all that was exported, and gives the same bytes again", async () => {
    const other = await open();
    const report = await importArchive(other, archive);
    expect(report.problems).toEqual([]);
    expect(report.runtimes.map(({ runtime_id, outcome }) => [runtime_id, outcome])).toEqual(
      IDS.map((id) => [id, "restored"]),
    );
    await expectSameRuntimes(other, store);
    expectBytes(await exportArchive(other), archive);
    await expectSound(other);
    const again = await importArchive(other, archive);
    expect(again.runtimes.every(({ outcome }) => outcome === "unchanged")).toBe(true);
    await other.close();
  });

  test("comes from a blob or a stream as well", async () => {
    for (const source of [new Blob([archive]), stream(archive), stream(archive, 1e7), exportArchiveStream(store)]) {
      const other = await open();
      await importArchive(other, source);
      await expectSameRuntimes(other, store);
      await other.close();
    }
  });
});

test("a stream may come byte by byte", async () => {
  const small = await exportArchive(store, { runtimeIds: [FURNISHED] });
  expect(await verifyArchive(stream(small, 1))).toEqual(verifyArchive(small));
});

test("what is exported as a stream is what is exported at once", async () => {
  expectBytes(new Uint8Array(await new Response(exportArchiveStream(store)).arrayBuffer()), archive);
});

test("what is exported as a blob is what is exported at once, or fails with the error of the store", async () => {
  const blob = await exportArchiveBlob(store);
  expect(blob.type).toBe("application/x-ndjson");
  expectBytes(new Uint8Array(await blob.arrayBuffer()), archive);
  await expect(exportArchiveBlob(store, { runtimeIds: ["nobody"] })).rejects.toMatchObject({ code: "invalid_input" });
});

test("a session that goes from one runtime to another meanwhile is in the archive once", async () => {
  const shared = (text: string) => delta(conversation(sessionId(7), text));
  const moving = createMemoryRuntimeStore();
  await moving.commitSessionBoundary("a", boundary({ sessionDelta: shared("from a") }));
  await moving.commitSessionBoundary("b", boundary({ sessionDelta: delta(conversation(sessionId(8), "other")) }));
  const dumpRuntime = async (id: string) => {
    const dump = await moving.dumpRuntime(id);
    if (id === "a") await moving.commitSessionBoundary("b", boundary({ sessionDelta: shared("from b") }));
    return dump;
  };
  const bytes = await exportArchive({ ...moving, dumpRuntime, listRuntimes: () => moving.listRuntimes() });
  expect(verifyArchive(bytes)).toMatchObject({ whole: true, runtimes: [{ sessions: 1 }, { sessions: 1 }] });
  const other = createMemoryRuntimeStore();
  const { runtimes } = await importArchive(other, bytes);
  expect(runtimes.map(({ outcome }) => outcome)).toEqual(["restored", "restored"]);
  expect((await other.sessions.list()).map(({ id }) => id).sort()).toEqual([sessionId(7), sessionId(8)]);
  expect(await other.sessions.load(sessionId(7))).toEqual(conversation(sessionId(7), "from a"));
  expect(await other.loadSessionSnapshot("b")).toEqual(conversation(sessionId(7), "from b"));
});

test("every line is JSON, begins with the SHA-256 of its part, and is as short as its body's pieces", () => {
  const lines = linesOf(archive).map((line) => JSON.parse(line) as { sha256: string; part: { kind: string } });
  expect(lines[0]?.part).toEqual({ kind: "archive", format: "burrow-store", version: 1 });
  expect(lines.at(-1)?.part).toMatchObject({ kind: "archive_end", runtimes: 4, lines: lines.length - 1 });
  expect(Math.max(...linesOf(archive).map((line) => line.length))).toBeLessThan(1_400_000);
  expect(lines.filter(({ part }) => part.kind === "bytes").length).toBe(5);
});

test("a report tells what an archive holds", async () => {
  const report = verifyArchive(archive);
  expect(report).toMatchObject({ whole: true, problems: [] });
  expect(report.runtimes.map(({ runtime_id }) => runtime_id)).toEqual(IDS);
  expect(report.runtimes[1]).toEqual({
    runtime_id: FURNISHED,
    whole: true,
    revision: 2,
    receipts: 2,
    input_states: 3,
    sessions: 1,
    snapshot_bytes: (await store.loadSessionSnapshot(FURNISHED))?.length,
  });
  expect(await verifyArchive(new Blob([archive]))).toEqual(report);
  expect(await verifyArchive(stream(archive))).toEqual(report);
});

test("some runtimes are exported by their ids, in the order of ids, each once", async () => {
  const some = await exportArchive(store, { runtimeIds: ["large", FURNISHED, "large"] });
  expect(verifyArchive(some).runtimes.map(({ runtime_id }) => runtime_id)).toEqual([FURNISHED, "large"]);
  await expect(exportArchive(store, { runtimeIds: ["nobody"] })).rejects.toMatchObject({ code: "invalid_input" });
  const none = await exportArchive(createMemoryRuntimeStore());
  expect(verifyArchive(none)).toEqual({ whole: true, runtimes: [], problems: [] });
});

test("some runtimes are imported by their ids, whatever is wrong with the others", async () => {
  const lines = linesOf(archive);
  const at = lines.findIndex((line) => line.includes('"kind":"input_state"'));
  const damaged = fromLines(lines.map((line, index) => (index === at ? line.replace("input_id", "input_ID") : line)));
  const report = verifyArchive(damaged);
  expect(report.whole).toBe(false);
  expect(report.problems).toMatchObject([{ line: at + 1, runtime_id: FURNISHED }]);
  const whole = report.runtimes.filter((runtime) => runtime.whole).map(({ runtime_id }) => runtime_id);
  expect(whole).toEqual(IDS.filter((id) => id !== FURNISHED));
  const other = createMemoryRuntimeStore();
  await expect(importArchive(other, damaged)).rejects.toMatchObject({ code: "invalid_archive" });
  expect(await other.listRuntimes()).toEqual([]);
  await expect(importArchive(other, damaged, { runtimeIds: [FURNISHED] })).rejects.toMatchObject({
    code: "invalid_archive",
  });
  expect(await other.listRuntimes()).toEqual([]);
  const imported = await importArchive(other, damaged, { runtimeIds: whole });
  expect(imported.runtimes.map(({ runtime_id }) => runtime_id)).toEqual(whole);
  expectBytes(await exportArchive(other), await exportArchive(store, { runtimeIds: whole }));
  await expect(importArchive(other, archive, { runtimeIds: ["nobody"] })).rejects.toMatchObject({
    code: "invalid_archive",
  });
});

test("a stream that is damaged leaves what stands before the damage imported, whole", async () => {
  const other = createMemoryRuntimeStore();
  const cut = archive.slice(0, -1000);
  await expect(importArchive(other, stream(cut))).rejects.toMatchObject({ code: "invalid_archive" });
  expect((await other.listRuntimes()).length).toBeGreaterThan(0);
  await expectSound(other);
  await importArchive(other, archive);
  expectBytes(await exportArchive(other), archive);
});

describe("where something else is stored", () => {
  const moved = async (): Promise<BurrowStore> => {
    const other = createMemoryRuntimeStore();
    await importArchive(other, archive);
    await other.atomicApply(FURNISHED, apply({ receipt: receipt({ run_id: receipt().run_id, sequence: 9 }) }));
    await other.deleteRuntime("another", { withSessions: true });
    return other;
  };

  test("an import is refused before anything is written", async () => {
    const other = await moved();
    const before = await everythingIn(other);
    await expect(importArchive(other, archive)).rejects.toMatchObject({
      code: "import_conflict",
      head: { runtime_id: FURNISHED, revision: 3 },
    });
    expectEqual(await everythingIn(other), before, "what the store holds");
  });

  test("an import skips it if told to", async () => {
    const other = await moved();
    const { runtimes } = await importArchive(other, archive, { onConflict: "skip" });
    expect(runtimes.map(({ outcome }) => outcome)).toEqual(["restored", "skipped", "unchanged", "unchanged"]);
    expect((await other.loadRuntimeHead(FURNISHED))?.revision).toBe(3);
  });

  test("an import replaces it if told to, once", async () => {
    const other = await moved();
    const { runtimes } = await importArchive(other, archive, { onConflict: "replace" });
    expect(runtimes.map(({ outcome }) => outcome)).toEqual(["restored", "replaced", "unchanged", "unchanged"]);
    expect(await other.loadRuntimeHead(FURNISHED)).toEqual({
      ...(await store.loadRuntimeHead(FURNISHED)),
      revision: 4,
    });
    await expectSound(other);
    const again = await importArchive(other, archive);
    expect(again.runtimes.every(({ outcome }) => outcome === "unchanged")).toBe(true);
  });

  test("a dry run tells of each runtime what would become of it", async () => {
    const other = await moved();
    const before = await everythingIn(other);
    const { runtimes, dryRun } = await importArchive(other, archive, { dryRun: true });
    expect(dryRun).toBe(true);
    expect(runtimes.map(({ outcome }) => outcome)).toEqual(["restored", "conflict", "unchanged", "unchanged"]);
    expect(runtimes[1]?.error).toMatchObject({ code: "import_conflict" });
    const fromStream = await importArchive(other, stream(archive), { dryRun: true, onConflict: "replace" });
    expect(fromStream.runtimes[1]).toMatchObject({ outcome: "replaced", revision: 4 });
    expectEqual(await everythingIn(other), before, "what the store holds");
  });
});

test("progress only goes up, to all bytes, and a listener that throws harms nothing", async () => {
  const told: ArchiveProgress[] = [];
  const onProgress = (progress: ArchiveProgress) => {
    told.push(progress);
    throw new Error("the listener's own fault");
  };
  const expectTold = (done: number, total: number | undefined) => {
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)).toEqual({ done, total });
    for (const [index, progress] of told.entries()) {
      expect(progress.total).toBe(total);
      expect(progress.done).toBeGreaterThan(told[index - 1]?.done ?? 0);
    }
    told.length = 0;
  };
  const { length } = archive;
  await exportArchive(store, { onProgress });
  expectTold(length, undefined);
  for (const source of [archive, new Blob([archive])]) {
    await importArchive(createMemoryRuntimeStore(), source, { onProgress });
    expectTold(2 * length, 2 * length);
    await importArchive(createMemoryRuntimeStore(), source, { onProgress, dryRun: true });
    expectTold(length, length);
  }
  await importArchive(createMemoryRuntimeStore(), stream(archive, 1e6), { onProgress });
  expectTold(length, undefined);
});

describe("an aborted signal", () => {
  const reason = new Error("enough");
  /** Aborts once more than so many bytes are done. */
  const endingAfter = (bytes: number) => {
    const ending = new AbortController();
    const onProgress = ({ done }: ArchiveProgress) => {
      if (done > bytes) ending.abort(reason);
    };
    return { signal: ending.signal, onProgress };
  };

  test("ends an export, before it begins or amid it", async () => {
    for (const options of [{ signal: AbortSignal.abort(reason) }, endingAfter(0), endingAfter(500_000)]) {
      await expect(exportArchive(store, options)).rejects.toBe(reason);
    }
    for (const options of [{ signal: AbortSignal.abort(reason) }, endingAfter(0), endingAfter(500_000)]) {
      await expect(new Response(exportArchiveStream(store, options)).arrayBuffer()).rejects.toBe(reason);
    }
  });

  test("ends an import, of which what is stored by then is whole", async () => {
    const { length } = archive;
    for (const source of [archive, new Blob([archive])]) {
      for (const options of [{ signal: AbortSignal.abort(reason) }, endingAfter(0), endingAfter(length - 1)]) {
        const other = createMemoryRuntimeStore();
        await expect(importArchive(other, source, options)).rejects.toBe(reason);
        expect(await other.listRuntimes()).toEqual([]);
      }
    }
    for (const [source, bytes] of [[archive, length] as const, [stream(archive), length / 2] as const]) {
      const other = createMemoryRuntimeStore();
      await expect(importArchive(other, source, endingAfter(bytes))).rejects.toBe(reason);
      const stored = (await other.listRuntimes()).length;
      expect(stored).toBeGreaterThan(0);
      expect(stored).toBeLessThan(IDS.length);
      await expectSound(other);
      await importArchive(other, archive);
      expectBytes(await exportArchive(other), archive);
    }
  });

  test("ends an import also where it comes with the last runtime", async () => {
    for (const source of [archive, stream(archive)]) {
      const ending = new AbortController();
      const other = createMemoryRuntimeStore();
      other.subscribe(({ runtimeId }) => {
        if (runtimeId === IDS.at(-1)) ending.abort(reason);
      });
      await expect(importArchive(other, source, { signal: ending.signal })).rejects.toBe(reason);
      expect(await other.listRuntimes()).toHaveLength(IDS.length);
    }
  });

  test("ends the check of a blob or a stream", async () => {
    for (const source of [new Blob([archive]), stream(archive)]) {
      await expect(verifyArchive(source, endingAfter(100_000))).rejects.toBe(reason);
    }
  });

  test("ends the import of a stream that gives no more, and the stream", async () => {
    const ending = new AbortController();
    let cancelledFor: unknown;
    const silent = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(archive.slice(0, 5000)),
      cancel: (why) => void (cancelledFor = why),
    });
    setTimeout(() => ending.abort(reason), 20);
    const imported = importArchive(createMemoryRuntimeStore(), silent, { signal: ending.signal });
    await expect(imported).rejects.toBe(reason);
    expect(cancelledFor).toBe(reason);
  });
});

test("whoever stops reading an export ends it", async () => {
  let dumps = 0;
  const counting: BurrowStore = Object.assign(Object.create(store) as BurrowStore, {
    listRuntimes: () => store.listRuntimes(),
    dumpRuntime: (id: string) => {
      dumps++;
      return store.dumpRuntime(id);
    },
  });
  const reader = exportArchiveStream(counting).getReader();
  await reader.read();
  await reader.cancel();
  expect(dumps).toBeLessThan(IDS.length);
});

test("bytes are captured at the call", async () => {
  const given = archive.slice();
  const other = createMemoryRuntimeStore();
  const settled = importArchive(other, given);
  given.fill(0);
  await settled;
  expectBytes(await exportArchive(other), archive);
});

test("what is no archive, and options that are none, are refused", async () => {
  const other = createMemoryRuntimeStore();
  for (const archiveOf of ["text", null, 7, {}, [1]] as never[]) {
    await expect(importArchive(other, archiveOf)).rejects.toMatchObject({ code: "invalid_input" });
    expect(() => verifyArchive(archiveOf)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  }
  const bad = [null, { onConflict: "merge" }, { dryRun: 1 }, { runtimeIds: "all" }, { signal: {} }, { onProgress: 1 }];
  for (const options of bad as never[]) {
    await expect(importArchive(other, archive, options)).rejects.toMatchObject({ code: "invalid_input" });
  }
  await expect(exportArchive(store, { runtimeIds: [7] as never })).rejects.toMatchObject({ code: "invalid_input" });
  const busy = stream(archive);
  busy.getReader();
  await expect(importArchive(other, busy)).rejects.toMatchObject({ code: "invalid_input" });
  expect(await other.listRuntimes()).toEqual([]);
});

test("sessions of the catalog come with the runtime that wrote them last", async () => {
  const source = createMemoryRuntimeStore();
  const first = conversation(sessionId(1), "of r");
  await source.commitSessionBoundary("r", boundary({ sessionDelta: delta(first), inputUpdates: [inputState(1)] }));
  await source.commitSessionBoundary("s", boundary({ sessionDelta: delta(conversation(sessionId(1), "of s")) }));
  await source.commitSessionBoundary("r", boundary({ sessionDelta: delta(conversation(sessionId(2), "of r")) }));
  await source.commitSessionBoundary("r", boundary({ sessionDelta: delta(first) }));
  const other = createMemoryRuntimeStore();
  await importArchive(other, await exportArchive(source));
  expectEqual(await everythingIn(other), await everythingIn(source), "what the store holds");
  await expectSound(other);
});
