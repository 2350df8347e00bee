import { HEAD_MEMBERS } from "../arguments/runtime-dump.ts";
import type { RuntimeDump } from "../contract/index.ts";
import { joined } from "../core/joined.ts";
import { decodeRecord } from "../records/index.ts";
import { fromBase64, toBase64 } from "../records/typed-arrays.ts";
import { invalidArchive } from "./invalid-archive.ts";
import type { Part } from "./part.ts";
import { RunningDigest } from "./running-digest.ts";
import { MAX_RUNTIME_BYTES, PIECE_BYTES } from "./runtime-lines.ts";

/** A body that is being put together. */
interface OpenBody {
  readonly byteLength: number;
  readonly pieces: Uint8Array[];
  held: number;
  readonly use: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** In this order parts follow one another; those of which there is but one are followed by another kind. */
const ORDER = ["ops_lifecycle", "input_state", "receipt", "snapshot", "session"];
const SINGLE = ["ops_lifecycle", "snapshot"];

/** Puts a runtime together from its parts. Of what they hold nothing is known but that it was written so. */
export class RuntimeParts {
  readonly runtimeId: string;
  readonly #digest = new RunningDigest();
  readonly #inputStates: unknown[] = [];
  readonly #receipts: unknown[] = [];
  readonly #sessions: unknown[] = [];
  readonly #start: Part;
  #opsLifecycle: unknown;
  #snapshot: Uint8Array<ArrayBuffer> | undefined;
  #body: OpenBody | undefined;
  #last = -1;
  /** Of the part before, where it is one of several of a kind: these stand by id. */
  #lastId = "";
  #length = 0;

  /**
   * Begins with the part of kind `runtime`.
   * @throws {RuntimeStoreError} `invalid_archive` where it names no runtime.
   */
  constructor(start: Part) {
    const { head } = start;
    const id = typeof head === "object" && head !== null && "runtime_id" in head ? head.runtime_id : undefined;
    if (typeof id !== "string") throw invalidArchive("names no runtime");
    const unknown = Object.keys(head as object).find((name) => !HEAD_MEMBERS.some((member) => member === name));
    if (unknown !== undefined) throw invalidArchive(`has a head with a member ${JSON.stringify(unknown)}`);
    this.runtimeId = id;
    this.#start = start;
  }

  /** Takes the SHA-256 and the length of each line but the last one. */
  count(sha256: string, length: number): void {
    this.#digest.add(sha256);
    this.#length += length;
    if (this.#length > MAX_RUNTIME_BYTES) throw invalidArchive("belongs to a runtime that is too large");
  }

  /**
   * Takes one part after the other, but for the first and the last.
   * @throws {RuntimeStoreError} `invalid_archive` for one that cannot stand here.
   */
  add(part: Part): void {
    if (part.kind === "bytes") {
      this.#addBytes(part);
      return;
    }
    this.#closeBody();
    const place = ORDER.indexOf(part.kind);
    const isAgain = place === this.#last && !SINGLE.includes(part.kind);
    if (place < 0 || (place <= this.#last && !isAgain))
      throw invalidArchive(`holds a part of kind ${part.kind} where there is none`);
    this.#last = place;
    const { kind, format, record, byte_length, ...members } = part;
    switch (kind) {
      case "ops_lifecycle":
        this.#opsLifecycle = recordIn(part);
        break;
      case "input_state":
        this.#inputStates.push(this.#next(recordIn(part), "input_id", isAgain));
        break;
      case "receipt":
        this.#receipts.push({ ...members, byte_length, receipt: recordIn(part) });
        break;
      case "snapshot":
        this.#openBody(byte_length, (bytes) => (this.#snapshot = bytes));
        break;
      default:
        this.#next(members, "session_id", isAgain);
        if (byte_length === undefined) this.#sessions.push(members);
        else this.#openBody(byte_length, (snapshot) => this.#sessions.push({ ...members, snapshot }));
    }
  }

  /**
   * The whole runtime, given its last part.
   * @throws {RuntimeStoreError} `invalid_archive` where parts are missing, or are not those that were written.
   */
  finish({ lines, digest }: Part): RuntimeDump {
    this.#closeBody();
    if (lines !== this.#digest.count || digest !== this.#digest.finish()) {
      throw invalidArchive("ends a runtime of other lines than these");
    }
    return {
      runtime_id: this.runtimeId,
      head: this.#start.head as never,
      lease_epoch: this.#start.lease_epoch as never,
      runtime_state: this.#start.runtime_state as never,
      ops_lifecycle: this.#opsLifecycle as never,
      input_states: this.#inputStates as never,
      receipts: this.#receipts as never,
      session_snapshot: this.#snapshot,
      sessions: this.#sessions as never,
    };
  }

  /** Demands that one of several stands behind the one before, if there is one. */
  #next(one: object, idName: string, isAgain: boolean): object {
    const id = String((one as Readonly<Record<string, unknown>>)[idName]);
    if (isAgain && id <= this.#lastId)
      throw invalidArchive(`holds what stands behind ${this.#lastId}, or there already`);
    this.#lastId = id;
    return one;
  }

  #openBody(byteLength: unknown, use: OpenBody["use"]): void {
    const isLength = typeof byteLength === "number" && Number.isSafeInteger(byteLength) && byteLength >= 0;
    if (!isLength) throw invalidArchive("tells of a body without a length");
    this.#body = { byteLength, pieces: [], held: 0, use };
  }

  #addBytes({ base64 }: Part): void {
    const body = this.#body;
    const due = body ? Math.min(PIECE_BYTES, body.byteLength - body.held) : 0;
    const piece = bytesIn(base64);
    if (!body || piece.length !== due || due === 0) throw invalidArchive("holds other bytes than are due");
    body.pieces.push(piece);
    body.held += piece.length;
  }

  #closeBody(): void {
    const body = this.#body;
    if (!body) return;
    if (body.held !== body.byteLength) throw invalidArchive(`comes after ${body.held} of ${body.byteLength} bytes`);
    this.#body = undefined;
    body.use(joined(body.pieces));
  }
}

function recordIn({ format, record }: Part): object {
  let cause: unknown;
  try {
    const value = decodeRecord({ format: String(format), text: JSON.stringify(record ?? null) });
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    cause = error;
  }
  throw invalidArchive("holds no record", { cause });
}

function bytesIn(base64: unknown): Uint8Array {
  try {
    const bytes = typeof base64 === "string" ? (fromBase64("Uint8Array", base64) as Uint8Array) : undefined;
    if (bytes && toBase64(bytes) === base64) return bytes;
  } catch {
    // Not the letters of base64.
  }
  throw invalidArchive("holds no bytes, or not as they are written");
}
