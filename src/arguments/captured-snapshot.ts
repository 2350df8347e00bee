import { readSnapshot, type SnapshotReading } from "../digest/read-snapshot.ts";
import { capturedBytes } from "./checked-arguments.ts";

/** A session snapshot as captured from the caller, and what reading it gave. */
export interface Snapshot {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly reading: SnapshotReading;
}

/** The snapshot in a caller's bytes, captured as they are now. */
export function capturedSnapshot(given: unknown, path: string): Snapshot {
  const bytes = capturedBytes(given, path);
  return { bytes, reading: readSnapshot(bytes) };
}
