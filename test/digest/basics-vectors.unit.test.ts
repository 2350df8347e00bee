import { describe, expect, test } from "vitest";
import { canonicalMessages, canonicalSession, canonicalValue, conversationDigest } from "../../src/digest/index.ts";
import { canonicalMessage } from "../../src/digest/message.ts";
import { type Vector, answer, readVectors } from "../vectors/read-vectors.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

describe.each(["basics", "sessions"] as const)("recorded answers of %s.jsonl", (family) => {
  test.each(readVectors(family, "session"))("session, line $line", (vector) => {
    const digest = answer(() => conversationDigest(vector.input));
    expect(digest.ok).toBe(vector.ok);
    if (!digest.ok) return;
    expect(digest.value).toEqual({ conversation_digest: vector.digest, message_count: vector.message_count });
    expect(decode(canonicalMessages(vector.input))).toBe(vector.messages);
    expect(decode(canonicalSession(vector.input))).toBe(vector.session);
  });
});

describe.each([
  ["message", canonicalMessage],
  ["value", canonicalValue],
] as const)("recorded answers of kind %s", (kind, canonical) => {
  test.each(readVectors("basics", kind))("line $line", ({ input, ok, output }: Vector) => {
    const read = answer(() => decode(canonical(input)));
    expect(read).toEqual(ok ? { ok, value: output } : { ok });
  });
});
