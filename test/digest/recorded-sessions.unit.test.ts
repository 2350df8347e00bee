import { describe, expect, test } from "vitest";
import { canonicalMessages, canonicalSession, conversationDigest } from "../../src/digest/index.ts";
import { decoded, refusal } from "../json/documents.ts";
import { readVectors } from "../vectors/read-vectors.ts";

describe.each(["basics", "sessions"] as const)("recorded sessions of %s.jsonl", (family) => {
  test.each(readVectors(family, "session"))("line $line", ({ input, ok, digest, message_count, messages, session }) => {
    if (!ok) {
      const error = refusal(() => conversationDigest(input));
      expect(error.code).toBe("invalid_snapshot");
      expect(error.byteOffset).toBeLessThanOrEqual(input.length);
      return;
    }
    expect(conversationDigest(input)).toEqual({ conversation_digest: digest, message_count });
    expect(decoded(canonicalMessages(input))).toBe(messages);
    expect(decoded(canonicalSession(input))).toBe(session);
  });
});
