import { nextTask } from "../core/next-task.ts";
import { SnapshotReader } from "../digest/snapshot-reader.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";

/** Two slices fit in a frame. */
const SLICE_MS = 8;

/**
 * Whether a snapshot begins with the very conversation that a receipt tells of. The messages are hashed as they are stored, each in
 * its canonical form: JavaScript's own numbers would not do, for which 1.0 is 1. Long ones are hashed in slices.
 * @throws {RuntimeStoreError} `invalid_snapshot`, as far as it was read.
 */
export async function provesBeginningOf(
  snapshot: Uint8Array,
  { message_count, conversation_digest }: RunBoundaryReceipt,
): Promise<boolean> {
  const reader = new SnapshotReader(snapshot);
  let sliceEnd = performance.now() + SLICE_MS;
  while (reader.messageCount < message_count && !reader.advance(1)) {
    if (performance.now() < sliceEnd) continue;
    await nextTask();
    sliceEnd = performance.now() + SLICE_MS;
  }
  return reader.messageCount === message_count && reader.digestSoFar() === conversation_digest;
}
