import { newUuid } from "../core/ids.ts";
import { within } from "../core/within.ts";
import type { SnapshotReading } from "../digest/read-snapshot.ts";
import { type SnapshotCheckpoint, SnapshotReader } from "../digest/snapshot-reader.ts";
import { type Body, cutBody } from "../engine/index.ts";
import { ownBytes } from "../json/index.ts";
import { readInSlices } from "./read-in-slices.ts";
import { SlicedWork } from "./sliced-work.ts";

/** So many bytes of snapshots are held in all; those go first that were used least recently. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A body, and its version: no other body is ever written under it. */
interface VersionedBody {
  readonly version: string;
  readonly body: Body;
}

/** A session snapshot as captured from the caller, and what reading it gave. */
export interface Snapshot extends VersionedBody {
  readonly reading: SnapshotReading;
  /** The one that was issued before: where it is stored, what differs is all that has to be written. */
  readonly base: VersionedBody | undefined;
}

interface HeldSnapshot extends VersionedBody {
  readonly checkpoints: Promise<readonly SnapshotCheckpoint[]>;
}

/**
 * Holds the last snapshot of each runtime, so that what it costs to capture, read and write the next one follows what has
 * changed. What is held is never trusted to be what is stored, for others write too: the version in the head tells.
 */
export class IssuedSnapshots {
  readonly #blockSizes: readonly number[];
  readonly #mostBytes: number;
  /** Least recently used first. */
  readonly #held = new Map<string, HeldSnapshot>();
  #bytes = 0;

  constructor(blockSizes: readonly number[], mostBytes = MOST_BYTES) {
    this.#blockSizes = blockSizes;
    this.#mostBytes = mostBytes;
  }

  /** A body of bytes that nobody changes. */
  cut(bytes: Uint8Array<ArrayBuffer>): Body {
    return cutBody(bytes, this.#blockSizes).body;
  }

  /** Captures a caller's bytes as they are now, and begins to read them; those of a runtime are held. */
  async capture(given: unknown, path: string, runtimeId?: string): Promise<Snapshot> {
    const base = runtimeId === undefined ? undefined : this.#held.get(runtimeId);
    const { body, equal } = within(path, () => cutBody(ownBytes(given), this.#blockSizes, base?.body));
    const reader = readerBehind(body, equal, base);
    const read = reader.then(async (reader) => readInSlices(reader, new SlicedWork(body.length, {}), body.length));
    const version = newUuid();
    if (runtimeId !== undefined) {
      const checkpoints = read.then(
        async () => (await reader).checkpoints,
        () => [],
      );
      this.#hold(runtimeId, { version, body, checkpoints });
    }
    try {
      return { version, body, base, reading: await read };
    } catch (error) {
      if (runtimeId !== undefined) this.forget(runtimeId, version);
      throw error;
    }
  }

  /** Holds a body that is then found stored, unless the runtime issues a snapshot before. */
  priming(runtimeId: string): (version: string | undefined, body: Body) => void {
    const before = this.#held.get(runtimeId);
    return (version, body) => {
      const isKnown = version === undefined || version === before?.version;
      if (isKnown || this.#held.get(runtimeId) !== before) return;
      this.#hold(runtimeId, { version, body, checkpoints: Promise.resolve([]) });
    };
  }

  /** Lets go of what is held of a runtime, or only of one version of it. */
  forget(runtimeId: string, version?: string): void {
    const held = this.#held.get(runtimeId);
    if (!held || (version !== undefined && held.version !== version)) return;
    this.#held.delete(runtimeId);
    this.#bytes -= held.body.length;
  }

  #hold(runtimeId: string, held: HeldSnapshot): void {
    this.forget(runtimeId);
    this.#held.set(runtimeId, held);
    this.#bytes += held.body.length;
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.forget(oldest);
    }
  }
}

/** A reader of what is behind the last checkpoint that a body shares with the one issued before. */
async function readerBehind(body: Body, equal: number, base: HeldSnapshot | undefined): Promise<SnapshotReader> {
  const known = (await base?.checkpoints)?.filter(({ position }) => position <= equal) ?? [];
  return new SnapshotReader(body.bytes(known.at(-1)?.position), { known });
}
