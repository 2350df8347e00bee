import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type ArchiveReport, exportArchive, importArchive, verifyArchive } from "../../src/archive/index.ts";
import { boundary, conversation, delta, eventInputState, sessionId } from "../../src/conformance/samples.ts";
import { isRuntimeStoreError } from "../../src/core/errors.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { expectBytes, fromLines, linesOf, stream } from "./archives.ts";

let archive: Uint8Array<ArrayBuffer>;
/** By runtime, an archive of that runtime alone. */
const alone = new Map<string, Uint8Array>();

beforeAll(async () => {
  const store = createMemoryRuntimeStore();
  const snapshot = conversation(sessionId(1), "hello");
  const operation = boundary({
    sessionDelta: delta(snapshot),
    inputUpdates: [eventInputState(1, { at: new Date(5) })],
  });
  await store.commitSessionBoundary("r", { ...operation, operationId: "o" });
  await store.persistRuntimeState("s", "idle");
  archive = await exportArchive(store);
  for (const id of ["r", "s"]) alone.set(id, await exportArchive(store, { runtimeIds: [id] }));
});

/** Demands that an archive is told to be damaged. */
function reportOf(damaged: Uint8Array): ArchiveReport | undefined {
  try {
    const report = verifyArchive(damaged);
    expect(report.whole).toBe(false);
    expect(report.problems.length).toBeGreaterThan(0);
    return report;
  } catch (error) {
    expect(isRuntimeStoreError(error) && error.code).toBe("invalid_archive");
    return undefined;
  }
}

/** As `reportOf`, and that nothing of it is imported but, by name, what it says is whole, which is what was exported. */
async function expectTold(damaged: Uint8Array): Promise<ArchiveReport | undefined> {
  const other = createMemoryRuntimeStore();
  await expect(importArchive(other, damaged)).rejects.toMatchObject({ code: "invalid_archive" });
  expect(await other.listRuntimes()).toEqual([]);
  const report = reportOf(damaged);
  if (!report) return undefined;
  const whole = report.runtimes.filter((runtime) => runtime.whole).map(({ runtime_id }) => runtime_id);
  if (new Set(report.runtimes.map(({ runtime_id }) => runtime_id)).size < report.runtimes.length) return report;
  await importArchive(other, damaged, { runtimeIds: whole });
  for (const id of whole) {
    const due = alone.get(id);
    if (due) expectBytes(await exportArchive(other, { runtimeIds: [id] }), due);
  }
  expect((await other.listRuntimes()).map(({ runtime_id }) => runtime_id)).toEqual(whole);
  return report;
}

test("every bit flipped in turn is told, and what is said to be whole is what was exported", async () => {
  let untouched = 0;
  for (let at = 0; at < archive.length; at++) {
    const damaged = archive.slice();
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    // Importing takes its time.
    const report = at % 97 === 0 ? await expectTold(damaged) : reportOf(damaged);
    untouched += report?.runtimes.filter(({ whole }) => whole).length ?? 0;
  }
  // Of two runtimes, the one that was not hit.
  expect(untouched).toBeGreaterThan(archive.length / 2);
}, 240_000);

test("an archive that was cut off anywhere is told, with the runtimes that are whole", async () => {
  for (let length = 0; length < archive.length; length += 71) await expectTold(archive.slice(0, length));
  await expectTold(archive.slice(0, -1));
}, 60_000);

test("lines that are missing, repeated or in another order are told", async () => {
  const lines = linesOf(archive);
  for (let at = 0; at < lines.length; at++) {
    const [before, line, next, after] = [lines.slice(0, at), lines[at] ?? "", lines[at + 1], lines.slice(at + 2)];
    const rest = next === undefined ? [] : [next, ...after];
    await expectTold(fromLines([...before, ...rest]));
    await expectTold(fromLines([...before, line, line, ...rest]));
    if (next !== undefined) await expectTold(fromLines([...before, next, line, ...after]));
  }
}, 60_000);

test("whatever is put in anywhere is told", async () => {
  const damage = fc.record({ at: fc.nat(), gone: fc.nat(50), put: fc.uint8Array({ maxLength: 50 }) });
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, gone, put }) => {
      const start = at % archive.length;
      const damaged = Uint8Array.from([...archive.slice(0, start), ...put, ...archive.slice(start + gone)]);
      if (Buffer.compare(damaged, archive) !== 0) await expectTold(damaged);
    }),
    { numRuns: 100 },
  );
}, 60_000);

const hashed = (part: string): string =>
  `{"sha256":"${createHash("sha256").update(part).digest("hex")}","part":${part}}`;

/** An archive of one's own making, with every digest right, of the parts between its header and its end. */
function forged(...runtimes: readonly (readonly (string | object)[])[]): Uint8Array<ArrayBuffer> {
  const texts = runtimes.map((parts) => parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))));
  const lines = [hashed(JSON.stringify({ kind: "archive", format: "burrow-store", version: 1 }))];
  const digestOf = (all: readonly string[]) =>
    createHash("sha256")
      .update(all.map((line) => line.slice(11, 75)).join(""))
      .digest("hex");
  for (const parts of texts) {
    const own = parts.map(hashed);
    lines.push(...own, hashed(JSON.stringify({ kind: "runtime_end", lines: own.length, digest: digestOf(own) })));
  }
  const end = { kind: "archive_end", runtimes: runtimes.length, lines: lines.length, digest: digestOf(lines) };
  return fromLines([...lines, hashed(JSON.stringify(end))]);
}

const START = { kind: "runtime", head: { runtime_id: "x", revision: 0 } };
const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);

describe("a forged archive is told:", () => {
  test("none of these, for the forger can make a sound one", async () => {
    expect(verifyArchive(forged([START]))).toMatchObject({ whole: true, runtimes: [{ runtime_id: "x", whole: true }] });
    const other = createMemoryRuntimeStore();
    await importArchive(other, forged([START]));
    expect(await other.listRuntimes()).toEqual([{ runtime_id: "x", revision: 0 }]);
  });

  test.each<[string, readonly (string | object)[]]>([
    ["no runtime", [{ kind: "runtime" }]],
    ["a runtime of no text", [{ kind: "runtime", head: { runtime_id: 7, revision: 0 } }]],
    ["a runtime of a lone surrogate", ['{"kind":"runtime","head":{"runtime_id":"\\ud800","revision":0}}']],
    ["a prototype of its own", ['{"kind":"runtime","__proto__":{},"head":{"runtime_id":"x","revision":0}}']],
    ["a kind of every object's", [START, { kind: "constructor" }]],
    ["a member that nobody knows", [{ ...START, extra: 1 }]],
    ["a record of another schema", [START, { kind: "input_state", format: "json", record: { input_id: "x" } }]],
    [
      "a record with a prototype",
      [START, '{"kind":"input_state","format":"json","record":{"__proto__":{"input_id":1}}}'],
    ],
    ["a record of another format", [START, { kind: "input_state", format: "yaml", record: {} }]],
    ["a record that superjson throws at", [START, { kind: "ops_lifecycle", format: "superjson", record: 7 }]],
    ["arrays within arrays", [START, `{"kind":"input_state","format":"json","record":${deep("[", "]", 100_000)}}`]],
    ["objects within objects", [START, `{"kind":"ops_lifecycle","record":${deep('{"a":', "}", 500)}`]],
    ["deep records", [START, `{"kind":"input_state","format":"json","record":${deep("[", "]", 900)}}`]],
    ["a head with more than it has", [{ kind: "runtime", head: { ...START.head, revision: 0, sequence: 4 } }]],
    ["a revision beyond numbers", ['{"kind":"runtime","head":{"runtime_id":"x","revision":1e400}}']],
    ["a gigabyte that is not there", [START, { kind: "snapshot", byte_length: 2 ** 30 }]],
    ["a length of 2^53", [START, { kind: "snapshot", byte_length: 2 ** 53 }, { kind: "bytes", base64: "AAAA" }]],
    ["a negative length", [START, { kind: "snapshot", byte_length: -1 }]],
    ["more bytes than are due", [START, { kind: "snapshot", byte_length: 2 }, { kind: "bytes", base64: "AAAA" }]],
    ["bytes of nothing", [START, { kind: "bytes", base64: "AAAA" }]],
    ["bytes that are none", [START, { kind: "snapshot", byte_length: 3 }, { kind: "bytes", base64: "!!!!" }]],
    ["a snapshot without a receipt", [START, { kind: "snapshot", byte_length: 3 }, { kind: "bytes", base64: "AAAA" }]],
    ["a session without a snapshot", [START, { kind: "session", session_id: sessionId(1), owned: true }]],
    ["parts in another order", [START, { kind: "snapshot", byte_length: 0 }, { kind: "input_state", record: {} }]],
    ["two ops snapshots", [START, ...[1, 2].map(() => ({ kind: "ops_lifecycle", format: "json", record: {} }))]],
    ["a runtime in a runtime", [START, START]],
    ["no JSON", [START, "{"]],
    ["a list", [START, "[]"]],
    ["null", [START, "null"]],
  ])("%s", async (_, parts) => {
    const report = await expectTold(forged(parts));
    expect(report?.runtimes.some(({ whole }) => whole)).toBe(false);
  });

  test("one runtime twice, also to whoever asks for it by name", async () => {
    const twice = forged([START], [START]);
    await expectTold(twice);
    const other = createMemoryRuntimeStore();
    await expect(importArchive(other, twice, { runtimeIds: ["x"] })).rejects.toMatchObject({ code: "invalid_archive" });
    expect(await other.listRuntimes()).toEqual([]);
  });

  test("huge counts", async () => {
    const [header = "", ...rest] = linesOf(forged([START]));
    const body = rest.slice(0, -1);
    for (const counts of [{ runtimes: 2 ** 53 }, { lines: 1e308 }, { digest: "0".repeat(64) }]) {
      const end = { kind: "archive_end", runtimes: 1, lines: body.length + 1, digest: "", ...counts };
      await expectTold(fromLines([header, ...body, hashed(JSON.stringify(end))]));
    }
  });

  test("archives of another version, and what is none", () => {
    const [, ...rest] = linesOf(archive);
    for (const header of [{ version: 2 }, { format: "other" }, { kind: "runtime" }, { version: "1" }]) {
      const first = JSON.stringify({ kind: "archive", format: "burrow-store", version: 1, ...header });
      const invalid: unknown = expect.objectContaining({ code: "invalid_archive", byteOffset: 0 });
      expect(() => verifyArchive(fromLines([hashed(first), ...rest]))).toThrow(invalid);
    }
    for (const bytes of [new Uint8Array(), new Uint8Array(100), new TextEncoder().encode("PK\n\n\n")]) {
      expect(() => verifyArchive(bytes)).toThrow(expect.objectContaining({ code: "invalid_archive" }));
    }
  });

  test("what stands behind the end", async () => {
    for (const rest of [" ", "\n", "{}\n", "\0".repeat(5000), linesOf(archive)[0] ?? ""]) {
      await expectTold(new Uint8Array(await new Blob([archive, rest]).arrayBuffer()));
    }
  });
});

test("a line without an end is refused without being held", async () => {
  const piece = new Uint8Array(1024 * 1024).fill(0x61);
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (given++ < 300) controller.enqueue(given === 1 ? archive.slice(0, 500) : piece);
      else controller.close();
    },
  });
  const before = process.memoryUsage().arrayBuffers;
  const report = await verifyArchive(endless).catch((error: unknown) => error);
  expect(report).toMatchObject(isRuntimeStoreError(report) ? { code: "invalid_archive" } : { whole: false });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024);
});

test("a stream that is damaged is given up", async () => {
  let isCancelled = false;
  const source = stream(archive.slice().fill(0x20, 400, 410), 100);
  const reader = source.getReader();
  const watched = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value } = await reader.read();
      controller.enqueue(value ?? new Uint8Array([0x0a]));
    },
    cancel() {
      isCancelled = true;
    },
  });
  await expect(importArchive(createMemoryRuntimeStore(), watched)).rejects.toMatchObject({ code: "invalid_archive" });
  expect(isCancelled).toBe(true);
});
