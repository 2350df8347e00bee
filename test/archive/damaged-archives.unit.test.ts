import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
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

/** The parts of an archive's only runtime, but for its end. */
const partsOf = (bytes: Uint8Array): string[] =>
  linesOf(bytes)
    .slice(1, -2)
    .map((line) => line.slice(`{"sha256":"${"0".repeat(64)}","part":`.length, -1));

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
});

test("lines that are missing, repeated or in another order are told", async () => {
  const lines = linesOf(archive);
  for (let at = 0; at < lines.length; at++) {
    const [before, line, next, after] = [lines.slice(0, at), lines[at] ?? "", lines[at + 1], lines.slice(at + 2)];
    const rest = next === undefined ? [] : [next, ...after];
    await expectTold(fromLines([...before, ...rest]));
    await expectTold(fromLines([...before, line, line, ...rest]));
    if (next !== undefined) await expectTold(fromLines([...before, next, line, ...after]));
  }
});

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
});

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

  const runtime = (members: object): object => ({ kind: "runtime", head: { runtime_id: "x", ...members } });
  const bytes = (base64: unknown): object => ({ kind: "bytes", base64 });
  const body = (byte_length: unknown, ...pieces: readonly object[]): readonly object[] => [
    START,
    { kind: "snapshot", byte_length },
    ...pieces,
  ];
  const rich = (json: unknown, meta: unknown): readonly object[] => [
    START,
    { kind: "input_state", format: "superjson", record: { json, meta } },
  ];

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
    ["a revision of 2^53", [runtime({ revision: 2 ** 53 })]],
    ["half a revision", [runtime({ revision: 0.5 })]],
    ["a negative epoch", [{ ...START, lease_epoch: -1 }]],
    ["a state that there is not", [{ ...START, runtime_state: "asleep" }]],
    ["a head with a prototype", ['{"kind":"runtime","head":{"runtime_id":"x","revision":0,"__proto__":{"a":1}}}']],
    ["a member twice", ['{"kind":"runtime","head":{"runtime_id":"y"},"head":{"runtime_id":"x","revision":0}}']],
    ["white space", ['{"kind":"runtime", "head":{"runtime_id":"x","revision":0}}']],
    ["letters that need no escape", ['{"kind":"\\u0072untime","head":{"runtime_id":"x","revision":0}}']],
    ["a number in another spelling", ['{"kind":"runtime","head":{"runtime_id":"x","revision":0.0}}']],
    ["more JSON behind it", ['{"kind":"runtime","head":{"runtime_id":"x","revision":0}}{}']],
    ["a byte order mark", ['\ufeff{"kind":"runtime","head":{"runtime_id":"x","revision":0}}']],
    ["a prototype among annotations", rich({ input_id: 1 }, { values: { "__proto__.polluted": ["Date"] } })],
    ["a constructor among annotations", rich({ a: {} }, { values: { "a.constructor.prototype": ["Date"] } })],
    ["a prototype among the shared", rich({ a: 1 }, { referentialEqualities: { a: ["__proto__.polluted"] } })],
    ["a class of nobody's", rich({ a: {} }, { values: { a: [["class", "Object"]] } })],
    ["a typed array of nobody's", rich({ a: ["Function", "AAAA"] }, { values: { a: [["custom", "typed-array"]] } })],
    ["a gigabyte that is not there", body(2 ** 30)],
    ["a gigabyte of which little is there", body(2 ** 30, bytes("AAAA"))],
    ["a length of 2^53", body(2 ** 53, bytes("AAAA"))],
    ["a length in text", body("3", bytes("AAAA"))],
    ["a negative length", body(-1)],
    ["more bytes than are due", body(2, bytes("AAAA"))],
    ["more pieces than are due", body(3, bytes("AAAA"), bytes("AAAA"))],
    ["an empty piece", body(3, bytes(""), bytes("AAAA"))],
    ["a piece cut in two", body(6, bytes("AAAA"), bytes("AAAA"))],
    ["bytes of nothing", [START, bytes("AAAA")]],
    ["bytes that are none", body(3, bytes("!!!!"))],
    ["bytes in a list", body(3, bytes(["AAAA"]))],
    ["base64 with white space", body(3, bytes("AA AA"))],
    ["base64 without its end", body(1, bytes("AA"))],
    ["base64 with bits that say nothing", body(1, bytes("AB=="))],
    ["base64 of URLs", body(3, bytes("-_-_"))],
    ["a snapshot without a receipt", body(3, bytes("AAAA"))],
    ["a session without a snapshot", [START, { kind: "session", session_id: sessionId(1), owned: true }]],
    ["parts in another order", [START, { kind: "snapshot", byte_length: 0 }, { kind: "input_state", record: {} }]],
    ["two ops snapshots", [START, ...[1, 2].map(() => ({ kind: "ops_lifecycle", format: "json", record: {} }))]],
    ["a runtime in a runtime", [START, START]],
    ["no JSON", [START, "{"]],
    ["a list", [START, "[]"]],
    ["null", [START, "null"]],
  ])("%s", async (_, parts) => {
    const damaged = forged(parts);
    const report = await expectTold(damaged);
    expect(report?.runtimes.some(({ whole }) => whole)).toBe(false);
    const other = createMemoryRuntimeStore();
    await expect(importArchive(other, stream(damaged))).rejects.toMatchObject({ code: "invalid_archive" });
    expect(await other.listRuntimes()).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  // Two places for each, in as many levels: 2^40 objects, once somebody copies it.
  test("values that are shared by ever more others", async () => {
    const levels = Array.from({ length: 40 }, (_, level) => [`x${level}`, { a: null, b: null }] as const);
    const shared = levels.slice(1).map(([name], level) => [`x${level}`, [`${name}.a`, `${name}.b`]] as const);
    const meta = { referentialEqualities: Object.fromEntries(shared) };
    await expectTold(forged(rich(Object.fromEntries(levels), meta)));
  });

  test("sound parts that stand twice or in another order", async () => {
    const source = createMemoryRuntimeStore();
    const states = [1, 2].map((n) => eventInputState(n, {}));
    const sessions = [1, 2, 3].map((n) => conversation(sessionId(n), "hello"));
    for (const snapshot of sessions) {
      await source.commitSessionBoundary("x", boundary({ sessionDelta: delta(snapshot), inputUpdates: states }));
    }
    const parts = partsOf(await exportArchive(source));
    expect(verifyArchive(forged(parts)).whole).toBe(true);
    const kinds = parts.map((part) => (JSON.parse(part) as { kind: string }).kind);
    expect(new Set(kinds).size).toBe(6);
    for (let at = 0; at < parts.length; at++) {
      const [before, part = "", next, after] = [parts.slice(0, at), parts[at], parts[at + 1], parts.slice(at + 2)];
      await expectTold(forged([...before, part, part, ...(next === undefined ? [] : [next]), ...after]));
      if (next !== undefined) await expectTold(forged([...before, next, part, ...after]));
    }
  });

  test("a session that two runtimes have", async () => {
    const parts = await Promise.all(
      ["a", "b"].map(async (id) => {
        const source = createMemoryRuntimeStore();
        await source.commitSessionBoundary(id, boundary({ sessionDelta: delta(conversation(sessionId(1), id)) }));
        return partsOf(await exportArchive(source));
      }),
    );
    const report = await expectTold(forged(...parts));
    expect(report?.runtimes).toMatchObject([{ whole: true }, { whole: false }]);
    // One that is none itself takes no session from another.
    const [a = [], b = []] = parts;
    const spoilt = a.map((part) => part.replace('"message_count":1', '"message_count":2'));
    expect((await expectTold(forged(spoilt, b)))?.runtimes).toMatchObject([{ whole: false }, { whole: true }]);
  });

  test("runtimes in another order", async () => {
    const [a, b] = ["a", "b"].map((runtime_id) => [runtime({ runtime_id, revision: 0 })]);
    expect(verifyArchive(forged(a ?? [], b ?? [])).whole).toBe(true);
    const report = await expectTold(forged(b ?? [], a ?? []));
    expect(report?.runtimes).toMatchObject([
      { runtime_id: "b", whole: true },
      { runtime_id: "a", whole: false },
    ]);
  });

  test("bytes that are no UTF-8, in a part with the right digest", async () => {
    const part = Buffer.from('{"kind":"runtime","head":{"runtime_id":"\xff","revision":0}}', "latin1");
    const sha256 = createHash("sha256").update(part).digest("hex");
    const header = `${linesOf(archive)[0] ?? ""}\n{"sha256":"${sha256}","part":`;
    await expectTold(new Uint8Array(await new Blob([header, part, "}\n"]).arrayBuffer()));
  });

  test("lines in another form than theirs", async () => {
    const text = new TextDecoder().decode(archive);
    const upperCase = text.replaceAll(/(?<="sha256":")[0-9a-f]+/g, (digest) => digest.toUpperCase());
    for (const other of [upperCase, text.replaceAll("\n", "\r\n"), text.replaceAll("\n", "\n\n"), `\ufeff${text}`]) {
      await expectTold(new TextEncoder().encode(other));
    }
    const inLines = linesOf(archive).map((line, at) => (at === 0 ? line : line.replace('","part":', '", "part":')));
    await expectTold(fromLines(inLines));
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

test("a line of very many values is refused before it is read as JSON", () => {
  const zeros = `[${"0,".repeat(5_000_000)}0]`;
  const members = `{${Array.from({ length: 600_000 }, (_, n) => `"k${n}":0`).join()}}`;
  const parse = vi.spyOn(JSON, "parse");
  for (const record of [zeros, members]) {
    const part = `{"kind":"input_state","format":"json","record":${record}}`;
    const report = verifyArchive(fromLines([linesOf(archive)[0] ?? "", hashed(part)]));
    expect(report.problems).toMatchObject([{ line: 2, message: expect.stringContaining("holds more") as string }]);
  }
  expect(Math.max(...parse.mock.calls.map(([text]) => text.length))).toBeLessThan(1000);
  parse.mockRestore();
});

test("what is claimed takes no memory before it is there", () => {
  const claims = Array.from({ length: 50 }, (_, n) => [
    { kind: "runtime", head: { runtime_id: `x${String(n).padStart(2, "0")}`, revision: 0 } },
    { kind: "snapshot", byte_length: 2 ** 30 },
    { kind: "bytes", base64: "AAAA" },
  ]);
  const before = process.memoryUsage();
  expect(verifyArchive(forged(...claims)).problems).toHaveLength(50);
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(64 * 1024 * 1024);
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
