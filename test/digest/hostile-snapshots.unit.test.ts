import fc from "fast-check";
import { expect, test } from "vitest";
import { isRuntimeStoreError } from "../../src/core/errors.ts";
import { canonicalMessages, canonicalSession } from "../../src/digest/index.ts";
import { readSnapshot } from "../../src/digest/read-snapshot.ts";
import { decoded, refusal, utf8 } from "../json/documents.ts";
import { MESSAGES, sessionOf } from "./sessions.ts";

const session = sessionOf(
  MESSAGES.map(([json]) => json),
  { unknown: '[{"a":"\\u12ab"},1e5,null]', metadata: '{"é":[1.5,"\\n"]}', usage: "[1,2,null,3]" },
);

/** Reads bytes that may be anything: only the one typed refusal counts as an answer besides a reading. */
function readOrRefuse(bytes: Uint8Array): void {
  try {
    readSnapshot(bytes);
  } catch (error) {
    if (!isRuntimeStoreError(error)) throw error;
    expect(error.code).toBe("invalid_snapshot");
    expect(error.byteOffset).toBeGreaterThanOrEqual(0);
    expect(error.byteOffset).toBeLessThanOrEqual(bytes.length);
  }
}

test("every truncation of a session is refused", () => {
  for (let length = 0; length < session.length; length++) {
    const error = refusal(() => readSnapshot(session.subarray(0, length)));
    expect(error).toMatchObject({ code: "invalid_snapshot" });
    expect(error.byteOffset).toBeLessThanOrEqual(length);
  }
});

test("changed bytes are read or refused, never anything else", () => {
  const change = fc.tuple(fc.nat(session.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(...utf8('"\\{}[],:e-0'))));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = session.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      readOrRefuse(bytes);
    }),
    { numRuns: 3000 },
  );
});

test("shuffled pieces of sessions are read or refused, never anything else", () => {
  const piece = fc.tuple(fc.nat(session.length), fc.nat(200)).map(([at, length]) => session.subarray(at, at + length));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      readOrRefuse(Buffer.concat([session.subarray(0, 40), ...pieces]));
    }),
    { numRuns: 1000 },
  );
});

/** A session of about that many bytes, all in one place where it hurts. */
const HOSTILE: Readonly<Record<string, (size: number) => Uint8Array>> = {
  "escapes in a text": (size) => sessionOf([`["user","${"\\u005c".repeat(size / 6)}"]`]),
  "digits of one integer": (size) => sessionOf([], { unknown: "7".repeat(size) }),
  "digits of one fraction": (size) => sessionOf([], { metadata: `{"a":0.${"7".repeat(size)}}` }),
  "leading zeros": (size) => sessionOf([], { metadata: `{"a":0.${"0".repeat(size)}1}` }),
  "brackets that never close": (size) => utf8(`{"x":${"[".repeat(size)}`),
  "white space": (size) => sessionOf([], { unknown: `1${" ".repeat(size)}` }),
  "empty arrays": (size) => sessionOf([`["user","x",null]`], { metadata: `{"a":[[]${",[]".repeat(size / 3)}]}` }),
  "members of one name": (size) => sessionOf([], { metadata: `{"a":1${',"a":2'.repeat(size / 6)}}` }),
  "members of many names": (size) =>
    sessionOf([], {
      metadata: `{"":1${Array.from({ length: size / 12 }, (_, index) => `,"${index * 7919}":1`).join("")}}`,
    }),
  "unknown members": (size) => sessionOf([], { x: `1${',"\\u0078":2'.repeat(size / 11)}` }),
  "unknown members of a message": (size) => sessionOf([`{"role":"user"${',"x":2'.repeat(size / 6)},"content":""}`]),
  "blocks of text": (size) =>
    sessionOf([`["user",[["text","[SYSTEM NOTICE] "]${',["text","a"]'.repeat(size / 13)}],["system_notice"]]`]),
  "small messages": (size) => sessionOf(Array.from({ length: size / 14 }, () => '["user","abc"]')),
  floats: (size) => sessionOf([], { metadata: `{"a":[1${",0.1234567890123456".repeat(size / 19)}]}` }),
  "a raw value": (size) =>
    sessionOf([], { metadata: `{"a":{"$serde_json::private::RawValue":"[1${",1".repeat(size / 2)}]"}}` }),
};

// Were its cost quadratic, a megabyte would outlast the limit of a test.
test.each(Object.entries(HOSTILE))("a megabyte of %s comes to an end", (_name, hostile) => {
  readOrRefuse(hostile(1_000_000));
});

test("what was written canonically is read and written the same again", () => {
  const written = canonicalSession(session);
  expect(decoded(canonicalSession(written))).toBe(decoded(written));
  expect(canonicalMessages(written)).toEqual(canonicalMessages(session));
});
