import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalMessages } from "../../src/digest/index.ts";
import { type SnapshotCheckpoint, SnapshotReader } from "../../src/digest/snapshot-reader.ts";
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

/** The checkpoint behind every message of a snapshot. */
function checkpoints(bytes: Uint8Array): SnapshotCheckpoint[] {
  const reader = new SnapshotReader(bytes);
  const found: SnapshotCheckpoint[] = [];
  while (!reader.advance(1)) {
    const checkpoint = reader.checkpoint();
    if (checkpoint !== undefined) found.push(checkpoint);
  }
  return found;
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
  const bytes = sessionOf(MESSAGES.map(([json]) => json));
  const ends = checkpoints(bytes).map(({ position }) => decoded(bytes.subarray(0, position)).at(-1));
  expect(ends).toEqual(["}", "}", "}", "}", "}", "]"]);
});

describe("a reader that starts from a checkpoint finds what a cold one finds", () => {
  test("over bytes with another end", () => {
    fc.assert(
      fc.property(inOrder, fc.nat(), fc.array(message, { maxLength: 4 }), fc.string(), (messages, pick, more, tail) => {
        const kept = messages.slice(0, 1 + (pick % messages.length));
        const before = sessionOf(messages);
        const after = sessionOf([...kept, ...more], { metadata: `{"tail":${JSON.stringify(tail)}}` });
        const checkpoint = checkpoints(before)[kept.length - 1];
        expect(after.subarray(0, checkpoint?.position)).toEqual(before.subarray(0, checkpoint?.position));
        expect(outcome(new SnapshotReader(after, undefined, checkpoint))).toEqual(outcome(new SnapshotReader(after)));
      }),
    );
  });

  test("over bytes with an end that is refused", () => {
    const before = sessionOf(MESSAGES.map(([json]) => json));
    const checkpoint = checkpoints(before)[2];
    const prefix = before.subarray(0, checkpoint?.position);
    for (const end of ["", ",", "]", "],", ",]", ',{"role":"user"}', `],"id":"${SESSION_ID}"}`, "]} x", "}"]) {
      const after = Buffer.concat([prefix, utf8(end)]);
      expect(refusal(() => new SnapshotReader(after, undefined, checkpoint).finish()).code).toBe("invalid_snapshot");
      expect(outcome(new SnapshotReader(after, undefined, checkpoint))).toEqual(outcome(new SnapshotReader(after)));
    }
  });

  test("in a session that is an array", () => {
    const array = (messages: readonly string[], tail: string): Uint8Array =>
      utf8(`[1,"${SESSION_ID}",[${messages.join(",")}],${TIME},${TIME}${tail}]`);
    const messages = MESSAGES.map(([json]) => json);
    const after = array([...messages, '["user","more"]'], ',{"a":1}');
    for (const checkpoint of checkpoints(array(messages, ""))) {
      expect(new SnapshotReader(after, undefined, checkpoint).finish()).toEqual(new SnapshotReader(after).finish());
    }
  });

  test("as often as it is used", () => {
    const bytes = sessionOf(MESSAGES.map(([json]) => json));
    const checkpoint = checkpoints(bytes)[3];
    const first = new SnapshotReader(bytes, undefined, checkpoint).finish();
    expect(new SnapshotReader(bytes, undefined, checkpoint).finish()).toEqual(first);
    expect(first).toEqual(new SnapshotReader(bytes).finish());
  });
});

test("there is a checkpoint behind messages only", () => {
  const reader = new SnapshotReader(sessionOf(['["user","a"]', '["user","b"]']));
  const seen: (number | undefined)[] = [];
  do seen.push(reader.checkpoint()?.messageCount);
  while (!reader.advance(0));
  // The start, behind the bracket, `version`, `id`, `messages":[`, two messages, `messages`, `created_at`.
  expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined, 1, 2, undefined, undefined]);
  expect(reader.checkpoint()).toBeUndefined();
});

test("the canonical pieces make up the canonical messages, also from a checkpoint on", () => {
  const bytes = sessionOf(MESSAGES.map(([json]) => json));
  const collect = (from?: SnapshotCheckpoint): string => {
    let pieces = "";
    new SnapshotReader(bytes, (piece) => (pieces += decoded(piece)), from).finish();
    return pieces;
  };
  const whole = decoded(canonicalMessages(bytes));
  expect(collect()).toBe(whole);
  for (const checkpoint of checkpoints(bytes)) expect(whole.endsWith(collect(checkpoint))).toBe(true);
});
