import type { SessionId } from "../core/ids.ts";
import { ownBytes } from "../json/index.ts";
import type { ExactTime, ExactUsage } from "./session-members.ts";
import { type MemberSpans, SnapshotReader, type SnapshotResult } from "./snapshot-reader.ts";

/** What a store needs to know of a session snapshot. */
export interface SnapshotReading {
  readonly session_id: SessionId;
  readonly version: number;
  readonly conversation_digest: string;
  readonly message_count: number;
  readonly created_at: ExactTime;
  readonly updated_at: ExactTime;
  /** Whole milliseconds since the epoch, at most 2^53-1. */
  readonly created_at_ms: number;
  /** Whole milliseconds since the epoch, at most 2^53-1. */
  readonly updated_at_ms: number;
  /** Input and output tokens together, at most 2^53-1. */
  readonly total_tokens: number;
  readonly usage: ExactUsage;
  /** Canonical JSON text of an object. */
  readonly metadata: string;
  /** A session is an object, or an array of its members in their order. */
  readonly form: "object" | "array";
  /** Where in the snapshot the values of the members stand that it has. */
  readonly spans: MemberSpans;
}

/**
 * Reads a session snapshot as the native runtime does, and hashes its messages. It holds on to none of the bytes.
 * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the bytes;
 * `invalid_input` for anything but a `Uint8Array`.
 */
export function readSnapshot(bytes: Uint8Array): SnapshotReading {
  return snapshotReading(readWhole(bytes));
}

/** Reads all of a snapshot; `onCanonical` is given the canonical form of the messages piece by piece. */
export function readWhole(bytes: Uint8Array, onCanonical?: (piece: Uint8Array) => void): SnapshotResult {
  return new SnapshotReader(ownBytes(bytes), { onCanonical }).finish();
}

/** The figures that a store keeps of what a reader found. */
export function snapshotReading({ form, members, spans, messageCount, digest }: SnapshotResult): SnapshotReading {
  const { id, version, created_at, updated_at, usage, metadata } = members;
  return {
    session_id: id,
    version,
    conversation_digest: digest,
    message_count: messageCount,
    created_at,
    updated_at,
    created_at_ms: milliseconds(created_at),
    updated_at_ms: milliseconds(updated_at),
    total_tokens: saturated(usage.input_tokens + usage.output_tokens),
    usage,
    metadata,
    form,
    spans,
  };
}

const milliseconds = ({ secs_since_epoch, nanos_since_epoch }: ExactTime): number =>
  saturated(secs_since_epoch * 1000n + BigInt(Math.floor(nanos_since_epoch / 1e6)));

const saturated = (count: bigint): number => Math.min(Number(count), Number.MAX_SAFE_INTEGER);
