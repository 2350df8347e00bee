import { expect, test } from "vitest";
import { newRunId } from "../../src/index.ts";
import { conversationDigest } from "../../src/digest/index.ts";
import { provesBeginningOf } from "../../src/inspector/receipt-proof.ts";
import type { RunBoundaryReceipt } from "../../src/records/index.ts";
import { encodeSession, newSession } from "../../src/session/index.ts";

const EMPTY = new TextDecoder().decode(encodeSession(newSession()));

/** Numbers that JavaScript would write in another way, white space, members in another order, and texts longer than a slice. */
const MESSAGES = [
  '{"role":"user","content":"hello"}',
  '{"role":"block_assistant","stop_reason":"tool_use","blocks":[{"block_type":"tool_use","data":{"args":{"a":1.0,"b":1e2,"c":12345678901234567890},"name":"t","id":"c"}}]}',
  `{ "content": ${JSON.stringify("long, and longer ".repeat(40_000))}, "role": "user" }`,
  '{"role":"tool_results","results":[{"tool_use_id":"c","content":"2","is_error":false}]}',
  `{"role":"user","content":${JSON.stringify(",[]".repeat(100_000))}}`,
];

const snapshotOf = (messages: readonly string[]): Uint8Array =>
  new TextEncoder().encode(EMPTY.replace('"messages":[]', `"messages":[${messages.join(" , ")}]`));

function receiptOf(messages: readonly string[]): RunBoundaryReceipt {
  const at = { run_id: newRunId(), boundary: "immediate", contributing_input_ids: [], sequence: 0 } as const;
  return { ...at, contributing_input_ids: [], ...conversationDigest(snapshotOf(messages)) };
}

test("a receipt proves every beginning that is what it was committed with, to the number", async () => {
  const snapshot = snapshotOf(MESSAGES);
  for (let count = 0; count <= MESSAGES.length; count++) {
    const receipt = receiptOf(MESSAGES.slice(0, count));
    expect(receipt.message_count).toBe(count);
    expect(await provesBeginningOf(snapshot, receipt), `${count} messages`).toBe(true);
  }
});

test("a receipt proves no other conversation, and none that is shorter", async () => {
  for (let changed = 0; changed < MESSAGES.length; changed++) {
    const others = MESSAGES.map((message, at) => (at === changed ? '{"role":"user","content":"another"}' : message));
    for (let count = 0; count <= MESSAGES.length; count++) {
      const receipt = receiptOf(MESSAGES.slice(0, count));
      expect(await provesBeginningOf(snapshotOf(others), receipt)).toBe(count <= changed);
      expect(await provesBeginningOf(snapshotOf(MESSAGES.slice(0, changed)), receipt)).toBe(count <= changed);
    }
  }
});
