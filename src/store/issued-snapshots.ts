import { newUuid } from "../core/ids.ts";
import { within } from "../core/within.ts";
import type { SnapshotReading } from "../digest/read-snapshot.ts";
import { type SnapshotCheckpoint, SnapshotReader } from "../digest/snapshot-reader.ts";
import { BODIES, type Body, type Channel, cutBody, type Engine, type Transactions } from "../engine/index.ts";
import { ownBytes } from "../json/index.ts";
import type { HeadRow } from "./heads.ts";
import { readInSlices } from "./read-in-slices.ts";
import { isDamage } from "./rows.ts";
import { SlicedWork } from "./sliced-work.ts";

/** So many bytes of snapshots are held in all; those go first that were used least recently. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What holding one takes besides its bytes, about (measured: 2 to 5 KB). */
const BYTES_EACH = 4096;

/** A session snapshot as captured from the caller, and what reading it gave. */
export interface Snapshot {
  readonly body: Body;
  /** No other body is ever written under it. */
  readonly version: string;
  readonly reading: SnapshotReading;
  /** The body that a head names, where it is known for certain: what differs from that is all that has to be written. */
  readonly storedOf: (head: Pick<HeadRow, "body_id" | "body_version">) => Body | undefined;
}

interface HeldSnapshot {
  readonly version: string;
  readonly body: Body;
  readonly checkpoints: Promise<readonly SnapshotCheckpoint[]>;
}

/**
 * Holds the last snapshot of each runtime, so that what it costs to capture, read and write the next one follows what has
 * changed. What is held is never trusted to be what is stored, for others write too: the version in the head tells. Nor is a
 * body that was found damaged, here or by another store: it is written whole.
 */
export class IssuedSnapshots {
  readonly #blockSizes: readonly number[];
  readonly #channel: Channel | undefined;
  #mostBytes: number;
  /** Least recently used first. */
  readonly #held = new Map<string, HeldSnapshot>();
  /** What was held before each that is, for the case that it comes to nothing. */
  readonly #before = new WeakMap<HeldSnapshot, HeldSnapshot>();
  readonly #damagedBodies = new Set<string>();
  #bytes = 0;

  constructor({ blockSizes, channel }: Pick<Engine, "blockSizes" | "channel">, mostBytes = MOST_BYTES) {
    this.#blockSizes = blockSizes;
    this.#channel = channel;
    this.#mostBytes = mostBytes;
    channel?.listen((message) => {
      const { damagedBody } = (message ?? {}) as { damagedBody?: unknown };
      if (typeof damagedBody === "string") this.#damagedBodies.add(damagedBody);
    });
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
      this.#hold(runtimeId, { version, body, checkpoints }, base);
    }
    const storedOf: Snapshot["storedOf"] = ({ body_id = "", body_version }) =>
      body_version === base?.version && !this.#damagedBodies.has(body_id) ? base?.body : undefined;
    try {
      return { version, body, storedOf, reading: await read };
    } catch (error) {
      if (runtimeId !== undefined) this.withdraw(runtimeId, version);
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

  /** Takes back a snapshot that was not stored: the one before it is held again, if no other was issued since. */
  withdraw(runtimeId: string, version: string): void {
    const held = this.#held.get(runtimeId);
    if (held?.version !== version) return;
    this.forget(runtimeId);
    const before = this.#before.get(held);
    if (before) this.#hold(runtimeId, before);
  }

  /** Takes note that a snapshot was stored: the one before it is not needed any more. */
  settle(runtimeId: string, version: string): void {
    const held = this.#held.get(runtimeId);
    if (held?.version === version) this.#before.delete(held);
  }

  /** Lets go of what is held of a runtime. */
  forget(runtimeId: string): void {
    const held = this.#held.get(runtimeId);
    if (!held) return;
    this.#held.delete(runtimeId);
    this.#bytes -= costOf(held);
  }

  /** The transactions of an engine, watched for bodies that turn out to be damaged. */
  watching(engine: Transactions): Transactions {
    return {
      transact: async (...given) => {
        try {
          return await engine.transact(...given);
        } catch (error) {
          if (isDamage(error) && error.row?.table === BODIES) this.#noteDamage(String(error.row.key[0]));
          throw error;
        }
      },
    };
  }

  /** Lets go of everything, and holds nothing more. */
  close(): void {
    this.#mostBytes = 0;
    this.#held.clear();
    this.#bytes = 0;
  }

  #noteDamage(damagedBody: string): void {
    this.#damagedBodies.add(damagedBody);
    this.#channel?.post({ damagedBody });
  }

  #hold(runtimeId: string, held: HeldSnapshot, before?: HeldSnapshot): void {
    this.forget(runtimeId);
    if (costOf(held) > this.#mostBytes) return;
    if (before) {
      this.#before.set(held, before);
      this.#before.delete(before);
    }
    this.#held.set(runtimeId, held);
    this.#bytes += costOf(held);
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.forget(oldest);
    }
  }
}

const costOf = ({ body }: HeldSnapshot): number => body.length + BYTES_EACH;

/** A reader of what is behind the last checkpoint that a body shares with the one issued before. */
async function readerBehind(body: Body, equal: number, base: HeldSnapshot | undefined): Promise<SnapshotReader> {
  const known = (await base?.checkpoints)?.filter(({ position }) => position <= equal) ?? [];
  return new SnapshotReader(body.bytes(known.at(-1)?.position), { known });
}
