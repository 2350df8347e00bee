import { nextTask } from "../core/next-task.ts";
import { Sha256 } from "../digest/sha256.ts";
import { SnapshotReader } from "../digest/snapshot-reader.ts";
import type { RunBoundaryReceipt } from "../records/index.ts";

/** About 7 ms of reading (at 35 MB/s), so that two fit in a frame. */
const SLICE_BYTES = 256 * 1024;

/**
 * Whether a snapshot begins with the very conversation that a receipt tells of. The messages are hashed as they are stored, each in
 * its canonical form: JavaScript's own numbers would not do, for which 1.0 is 1. Long ones are hashed in slices.
 * @throws {RuntimeStoreError} `invalid_snapshot`, as far as it was read.
 */
export async function provesBeginningOf(
  snapshot: Uint8Array,
  { message_count, conversation_digest }: RunBoundaryReceipt,
): Promise<boolean> {
  const hash = new Sha256();
  const onCanonical = (piece: Uint8Array): void => {
    if (reader.messageCount <= message_count) hash.update(piece);
  };
  const reader = new SnapshotReader(snapshot, { onCanonical });
  let isAtEnd = false;
  while (reader.messageCount <= message_count && !isAtEnd) {
    await nextTask();
    isAtEnd = reader.advance(SLICE_BYTES);
  }
  if (isAtEnd && reader.messageCount <= message_count) {
    return reader.messageCount === message_count && reader.finish().digest === conversation_digest;
  }
  hash.update(new TextEncoder().encode(message_count === 0 ? "[]" : "]"));
  return hash.finish() === conversation_digest;
}
