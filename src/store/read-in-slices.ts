import { snapshotReading, type SnapshotReading } from "../digest/read-snapshot.ts";
import type { SnapshotReader } from "../digest/snapshot-reader.ts";
import type { SlicedWork } from "./sliced-work.ts";

/** So much is read before the clock is looked at: about 2 ms (measured: 35 MB/s and more). */
const STEP_BYTES = 64 * 1024;

/** Reads a snapshot as a part of long work, of which it is about `expected` bytes. */
export async function readInSlices(
  reader: SnapshotReader,
  work: SlicedWork,
  expected: number,
): Promise<SnapshotReading> {
  const start = work.done;
  for (let read = STEP_BYTES; !reader.advance(STEP_BYTES); read += STEP_BYTES) {
    await work.reach(start + Math.min(read, expected));
  }
  return snapshotReading(reader.finish());
}
