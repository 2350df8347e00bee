import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalMessages } from "../../src/digest/index.ts";
import { type ReaderOptions, type SnapshotCheckpoint, SnapshotReader } from "../../src/digest/snapshot-reader.ts";
import { decoded, refusal, utf8 } from "../json/documents.ts";
import { MESSAGES, SESSION_ID, TIME, sessionOf } from "./sessions.ts";

const message = fc.constantFrom(...MESSAGES.map(([json]) => json));
const inOrder = fc.array(message, { minLength: 1, maxLength: 12 });

/** Everything that a cold reader finds, or where it refuses. */
function outcome(reader: SnapshotReader): unknown {
  try {
    return reader.finish();
  } catch (error) {
    return { ...(error as object), message: (error as Error).message };
  }
}

/** A reader that goes on behind the last of the known checkpoints. */
const resumed = (bytes: Uint8Array, known: readonly SnapshotCheckpoint[], how?: ReaderOptions): SnapshotReader =>
  new SnapshotReader(bytes.subarray(known.at(-1)?.position), { ...how, known });

/** The checkpoints of a snapshot, also of one that is refused. */
function checkpoints(bytes: Uint8Array, spacing = 0): SnapshotCheckpoint[] {
  const reader = new SnapshotReader(bytes, { spacing });
  outcome(reader);
  return reader.checkpoints;
}

const positions = (found: readonly SnapshotCheckpoint[]): number[] => found.map(({ position }) => position);

function equalLength(a: Uint8Array, b: Uint8Array): number {
  const end = a.findIndex((byte, index) => byte !== b[index]);
  return end < 0 ? a.length : end;
}

test("reading in slices of any size finds the same as reading in one go", () => {
  fc.assert(
    fc.property(inOrder, fc.array(fc.nat(400), { minLength: 1 }), (messages, sizes) => {
      const bytes = sessionOf(messages, { metadata: '{"b":1,"a":2}' });
      const reader = new SnapshotReader(bytes);
      for (let slice = 0; !reader.advance(sizes[slice % sizes.length] ?? 0); slice++);
      expect(reader.finish()).toEqual(new SnapshotReader(bytes).finish());
    }),
  );
});

test("a slice ends behind the message in which its bytes are used up", () => {
  const one = '{"role":"user","content":"a"}';
  const reader = new SnapshotReader(sessionOf(Array.from({ length: 1000 }, () => one)));
  let slices = 1;
  while (!reader.advance(10 * one.length)) slices++;
  expect(slices).toBeGreaterThan(90);
  expect(slices).toBeLessThan(110);
});

test("a long message is hashed in several slices", () => {
  const long = `{"role":"user","content":"${"é".repeat(500_000)}"}`;
  const bytes = sessionOf([long, long]);
  const reader = new SnapshotReader(bytes);
  let slices = 1;
  while (!reader.advance(Infinity)) slices++;
  expect(slices).toBeGreaterThan(30);
  expect(reader.finish()).toEqual(new SnapshotReader(bytes).finish());
});

describe("checkpoints", () => {
  test("stand behind messages only", () => {
    const bytes = sessionOf(MESSAGES.map(([json]) => json));
    const ends = positions(checkpoints(bytes)).map((position) => decoded(bytes.subarray(0, position)).at(-1));
    expect(ends).toEqual(["}", "}", "}", "}", "}", "]"]);
    expect(checkpoints(sessionOf([]))).toEqual([]);
  });

  test("lie apart, but for the one behind the last message", () => {
    const all = Array.from({ length: 40 }, (_, n) => `{"role":"user","content":"${"x".repeat(n % 7)}"}`);
    const bytes = sessionOf(all);
    const spaced = positions(checkpoints(bytes, 200));
    const gaps = spaced.map((position, index) => position - (spaced[index - 1] ?? 0));
    expect(gaps.slice(0, -1).every((gap) => gap >= 200 && gap < 240)).toBe(true);
    expect(spaced.at(-1)).toBe(positions(checkpoints(bytes)).at(-1));
  });

  test("do not pile up when a session grows by a message at a time", () => {
    const all = Array.from({ length: 200 }, (_, n) => `{"role":"user","content":"${n}"}`);
    let known: SnapshotCheckpoint[] = [];
    for (let length = 1; length <= all.length; length++) {
      const reader = resumed(sessionOf(all.slice(0, length)), known, { spacing: 1000 });
      reader.finish();
      known = reader.checkpoints;
    }
    const gaps = positions(known).map((position, index, list) => position - (list[index - 1] ?? 0));
    expect(known.length).toBeLessThan(10);
    expect(gaps.slice(1, -1).every((gap) => gap < 1100)).toBe(true);
  });
});

/** Texts that make bytes equal up to the midst of a character, an escape, a number, a literal or a name. */
const PIECES = [
  ...MESSAGES.map(([json]) => `,${json}`),
  ...["é", "😀", "\\u00e9", "\\ud83d\\ude00", "\\", "\\/", '"', "1", "1.0", "1e5", "-", "0", "true", "null"],
  ...[",", "[", "]", "{", "}", ":", " ", "\n", '"messages":[', `"id":"${SESSION_ID}",`, '"role":', "\u0000", ""],
];

/** A change of a snapshot at a place, which is a share of its length: what is removed, and what comes in its place. */
const edit = fc.record({
  at: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.9, 0.95, 1)),
  removed: fc.oneof(fc.constant(0), fc.nat(6), fc.nat(2000)),
  piece: fc.oneof(fc.constantFrom(...PIECES).map(utf8), fc.uint8Array({ maxLength: 5 })),
});

const spelled = fc.record({
  messages: inOrder,
  metadata: fc.constantFrom("{}", '{"title":"é😀 \\u00e9"}', '{"n":12345.678e-3}'),
  isFirst: fc.boolean(),
});

/** A session whose messages stand where they are declared, or before all other members. */
function spelledSession({ messages, metadata, isFirst }: typeof spelled extends fc.Arbitrary<infer T> ? T : never) {
  if (!isFirst) return sessionOf(messages, { metadata });
  const rest = `"metadata":${metadata},"created_at":${TIME},"updated_at":${TIME},"id":"${SESSION_ID}"`;
  return utf8(`{"messages":[${messages.join(" , ")}],${rest}}`);
}

const next = fc.oneof(
  { weight: 3, arbitrary: fc.array(edit, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: spelled },
);

describe("a reader that starts from a checkpoint finds what a cold one finds", () => {
  test("over any row of snapshots, each made of the one before or another one, and each read from what is equal", () => {
    fc.assert(
      fc.property(spelled, fc.array(next, { minLength: 1, maxLength: 4 }), fc.nat(300), (first, steps, spacing) => {
        let before: Uint8Array = spelledSession(first);
        let known = checkpoints(before, spacing);
        for (const step of steps) {
          let after: Uint8Array = before;
          if (!Array.isArray(step)) after = spelledSession(step);
          else {
            for (const { at, removed, piece } of step) {
              const from = Math.round(at * after.length);
              after = Buffer.concat([after.subarray(0, from), piece, after.subarray(from + removed)]);
            }
          }
          const equal = equalLength(before, after);
          known = known.filter(({ position }) => position <= equal);
          const warm = resumed(after, known, { spacing });
          expect(outcome(warm)).toEqual(outcome(new SnapshotReader(after)));
          known = warm.checkpoints;
          before = after;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("over bytes with another end", () => {
    fc.assert(
      fc.property(inOrder, fc.nat(), fc.array(message, { maxLength: 4 }), fc.string(), (messages, pick, more, tail) => {
        const kept = messages.slice(0, 1 + (pick % messages.length));
        const before = sessionOf(messages);
        const after = sessionOf([...kept, ...more], { metadata: `{"tail":${JSON.stringify(tail)}}` });
        const known = checkpoints(before).slice(0, kept.length);
        const end = known.at(-1)?.position;
        expect(after.subarray(0, end)).toEqual(before.subarray(0, end));
        expect(outcome(resumed(after, known))).toEqual(outcome(new SnapshotReader(after)));
      }),
    );
  });

  test("over bytes with an end that is refused", () => {
    const before = sessionOf(MESSAGES.map(([json]) => json));
    const known = checkpoints(before).slice(0, 3);
    const prefix = before.subarray(0, known.at(-1)?.position);
    for (const end of ["", ",", "]", "],", ",]", ',{"role":"user"}', `],"id":"${SESSION_ID}"}`, "]} x", "}"]) {
      const after = Buffer.concat([prefix, utf8(end)]);
      expect(refusal(() => resumed(after, known).finish()).code).toBe("invalid_snapshot");
      expect(outcome(resumed(after, known))).toEqual(outcome(new SnapshotReader(after)));
    }
  });

  test("in a session that is an array", () => {
    const array = (messages: readonly string[], tail: string): Uint8Array =>
      utf8(`[1,"${SESSION_ID}",[${messages.join(",")}],${TIME},${TIME}${tail}]`);
    const messages = MESSAGES.map(([json]) => json);
    const after = array([...messages, '["user","more"]'], ',{"a":1}');
    for (const checkpoint of checkpoints(array(messages, ""))) {
      expect(resumed(after, [checkpoint]).finish()).toEqual(new SnapshotReader(after).finish());
    }
  });

  test("as often as it is used", () => {
    const bytes = sessionOf(MESSAGES.map(([json]) => json));
    const known = checkpoints(bytes).slice(0, 4);
    const first = resumed(bytes, known).finish();
    expect(resumed(bytes, known).finish()).toEqual(first);
    expect(first).toEqual(new SnapshotReader(bytes).finish());
  });
});

test("the canonical pieces make up the canonical messages, also from a checkpoint on", () => {
  const bytes = sessionOf(MESSAGES.map(([json]) => json));
  const collect = (known: readonly SnapshotCheckpoint[]): string => {
    let pieces = "";
    resumed(bytes, known, { onCanonical: (piece) => (pieces += decoded(piece)) }).finish();
    return pieces;
  };
  const whole = decoded(canonicalMessages(bytes));
  expect(collect([])).toBe(whole);
  for (const checkpoint of checkpoints(bytes)) expect(whole.endsWith(collect([checkpoint]))).toBe(true);
});
