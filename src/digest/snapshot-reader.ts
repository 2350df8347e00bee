import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter, JsonCursor, JsonTape, skipValue } from "../json/index.ts";
import { writeMessage } from "./message.ts";
import { MEMBER_DEFAULTS, MEMBER_NAMES, type MemberName, type SessionMembers, readMember } from "./session-members.ts";
import { hexadecimal } from "./sha256.ts";

/** The bytes of a value, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type MemberSpans = Readonly<Partial<Record<MemberName, Span>>>;

/** Where a reader stood behind a message: what it takes to read on over any snapshot that is the same up to `position`. */
export interface SnapshotCheckpoint {
  readonly position: number;
  readonly close: number;
  readonly messagesStart: number;
  readonly messageCount: number;
  readonly members: Partial<SessionMembers>;
  readonly spans: MemberSpans;
  readonly hash: Hash;
}

/** How a snapshot is read, other than from its beginning to its end and for its digest alone. */
export interface ReaderOptions {
  /** Checkpoints of another snapshot that is the same up to the last of them, by ascending position. */
  readonly known?: readonly SnapshotCheckpoint[];
  /** At least so many bytes lie between two checkpoints, but for the one behind the last message. */
  readonly spacing?: number;
  /** Is given the canonical form of the messages piece by piece, as views that the next piece overwrites. */
  readonly onCanonical?: ((piece: Uint8Array) => void) | undefined;
}

type Hash = ReturnType<typeof sha256.create>;

/** What a whole session snapshot says. */
export interface SnapshotResult {
  readonly form: "object" | "array";
  readonly members: SessionMembers;
  readonly spans: MemberSpans;
  readonly messageCount: number;
  /** SHA-256 of the canonical messages, 64 lower-case hexadecimal digits. */
  readonly digest: string;
}

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const DEPTH_OF_MESSAGE = 2;

/** A checkpoint takes about a kilobyte; reading so many bytes again takes about 2 ms (measured). */
const CHECKPOINT_SPACING = 64 * 1024;

/** So much is hashed in one step: a message may be as large as a session. */
const HASHED_BYTES = 64 * 1024;

/**
 * Reads a session snapshot as the native runtime deserialises it, member after member and message after message, and hashes
 * the canonical form of the messages as it goes. It can stop behind any of them and read on later, and leaves checkpoints.
 */
export class SnapshotReader {
  /** Where another reader can go on that is given a snapshot with the same beginning, by ascending position. */
  readonly checkpoints: SnapshotCheckpoint[];
  readonly #cursor: JsonCursor;
  readonly #tape: JsonTape;
  /** Where in the snapshot the cursor's bytes begin. */
  readonly #base: number;
  readonly #spacing: number;
  readonly #onCanonical: ((piece: Uint8Array) => void) | undefined;
  readonly #hash: Hash;
  /** What is to be hashed next, and what of it is hashed. */
  readonly #writer = new ByteWriter(4096);
  #hashed = 0;
  /** `}` or `]`: a session is an object, or an array of its members in their order; 0 before its first byte was read. */
  #close = 0;
  /** Where `messages` began, while the reader is inside it. */
  #messagesStart: number | undefined;
  #messageCount = 0;
  // These two are never changed, only replaced.
  #members: Partial<SessionMembers> = {};
  #spans: MemberSpans = {};
  #result: SnapshotResult | undefined;

  /** Reads all of a snapshot, or, if there are known checkpoints, the bytes behind the last of them. */
  constructor(bytes: Uint8Array, { known = [], spacing = CHECKPOINT_SPACING, onCanonical }: ReaderOptions = {}) {
    const from = known.at(-1);
    this.checkpoints = [...known];
    this.#base = from?.position ?? 0;
    this.#cursor = new JsonCursor(bytes, "invalid_snapshot", (offset) => this.#base + offset);
    this.#tape = new JsonTape(this.#cursor);
    this.#spacing = spacing;
    this.#onCanonical = onCanonical;
    this.#hash = from ? from.hash.clone() : sha256.create();
    if (from === undefined) return;
    this.#close = from.close;
    this.#messagesStart = from.messagesStart;
    this.#messageCount = from.messageCount;
    this.#members = from.members;
    this.#spans = from.spans;
  }

  /**
   * Reads on, up to the end of the first message or member at which `budget` bytes were read; a long message takes several
   * calls to be hashed.
   * @returns whether the end of the snapshot is reached.
   * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the bytes.
   */
  advance(budget: number): boolean {
    const stop = this.#position + budget;
    while (this.#result === undefined) {
      this.#step();
      if (this.#position >= stop || this.#hashed < this.#writer.length) break;
    }
    return this.#result !== undefined;
  }

  /**
   * Reads all that is left.
   * @throws {RuntimeStoreError} `invalid_snapshot`, as `advance` does.
   */
  finish(): SnapshotResult {
    while (this.#result === undefined) this.#step();
    return this.#result;
  }

  /** How many messages were read so far. */
  get messageCount(): number {
    return this.#messageCount;
  }

  /** What the digest would be if the messages ended behind the last that was read. */
  digestSoFar(): string {
    if (this.#result) return this.#result.digest;
    while (this.#hashed < this.#writer.length) this.#hashOn();
    const hash = this.#hash.clone();
    return hexadecimal(hash.update(new TextEncoder().encode(this.#arrayEnd)).digest());
  }

  /** What ends the canonical form of the messages that were read. */
  get #arrayEnd(): string {
    return this.#messageCount === 0 ? "[]" : "]";
  }

  get #position(): number {
    return this.#base + this.#cursor.position;
  }

  #step(): void {
    if (this.#hashed < this.#writer.length) this.#hashOn();
    else if (this.#close === 0) this.#open();
    else if (this.#messagesStart === undefined) this.#member();
    else this.#inMessages(this.#messagesStart);
  }

  #inMessages(start: number): void {
    const behind = this.#position;
    const isFirst = this.#messageCount === 0;
    const goesOn = isFirst || this.#cursor.more(CLOSE_BRACKET);
    const last = this.checkpoints.at(-1)?.position ?? 0;
    if (!isFirst && behind - last >= (goesOn ? this.#spacing : 1)) this.#keepCheckpoint(behind, start);
    if (goesOn) this.#message();
    else this.#endMember("messages", start);
  }

  /** Of two that lie closer together than they have to, the earlier one was behind the last message of another snapshot. */
  #keepCheckpoint(position: number, messagesStart: number): void {
    const [before, last] = this.checkpoints.slice(-2);
    if (before && last && last.position - before.position < this.#spacing) this.checkpoints.pop();
    this.checkpoints.push({
      position,
      messagesStart,
      close: this.#close,
      messageCount: this.#messageCount,
      members: this.#members,
      spans: this.#spans,
      hash: this.#hash.clone(),
    });
  }

  #open(): void {
    const first = this.#cursor.peek();
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) this.#cursor.fail("expected a session");
    this.#close = first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
    if (!this.#cursor.enter(this.#close)) this.#end();
  }

  #member(): void {
    const name = this.#close === CLOSE_BRACE ? this.#memberName() : this.#nextName();
    const first = this.#cursor.peek();
    const start = this.#position;
    if (name === "messages") {
      if (first !== OPEN_BRACKET) this.#cursor.fail("expected an array of messages");
      this.#messagesStart = start;
      if (this.#cursor.enter(CLOSE_BRACKET)) return;
    } else if (name === undefined) {
      skipValue(this.#cursor);
    } else {
      this.#members = { ...this.#members, [name]: readMember[name](this.#tape) };
    }
    this.#endMember(name, start);
  }

  /** Reads a member's name: `undefined` for one that a session does not have. */
  #memberName(): MemberName | undefined {
    this.#cursor.expectName();
    const start = this.#cursor.position;
    const name = MEMBER_NAMES[this.#tape.readName(MEMBER_NAMES)];
    if (name !== undefined && this.#spans[name] !== undefined) this.#cursor.fail(`duplicate field \`${name}\``, start);
    return name;
  }

  #nextName(): MemberName {
    const name = MEMBER_NAMES[Object.keys(this.#spans).length];
    if (name === undefined) this.#cursor.fail("too many elements");
    return name;
  }

  #message(): void {
    const message = this.#tape.read(DEPTH_OF_MESSAGE);
    this.#begin();
    this.#writer.byte(this.#messageCount === 0 ? OPEN_BRACKET : 0x2c);
    writeMessage(this.#tape, message, this.#writer);
    this.#messageCount++;
    this.#hashOn();
  }

  #begin(): void {
    this.#writer.truncate(0);
    this.#hashed = 0;
  }

  #hashOn(): void {
    const piece = this.#writer.view().subarray(this.#hashed, this.#hashed + HASHED_BYTES);
    this.#hash.update(piece);
    this.#onCanonical?.(piece);
    this.#hashed += piece.length;
  }

  #endMember(name: MemberName | undefined, start: number): void {
    this.#messagesStart = undefined;
    if (name !== undefined) this.#spans = { ...this.#spans, [name]: { start, end: this.#position } };
    if (!this.#cursor.more(this.#close)) this.#end();
  }

  #end(): void {
    const missing = MEMBER_NAMES.find((name) => !(name in this.#spans) && !(name in MEMBER_DEFAULTS));
    if (missing !== undefined) this.#cursor.fail(`missing field \`${missing}\``, this.#cursor.position - 1);
    this.#cursor.expectEnd();
    this.#begin();
    this.#writer.ascii(this.#arrayEnd);
    this.#hashOn();
    this.#result = {
      form: this.#close === CLOSE_BRACE ? "object" : "array",
      members: { ...MEMBER_DEFAULTS, ...this.#members } as SessionMembers,
      spans: this.#spans,
      messageCount: this.#messageCount,
      digest: hexadecimal(this.#hash.digest()),
    };
  }
}
