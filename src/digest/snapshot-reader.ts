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

/** What a reader has read so far. It is never changed, only replaced. */
interface Progress {
  readonly position: number;
  /** `}` or `]`: a session is an object, or an array of its members in their order; 0 before its first byte was read. */
  readonly close: number;
  /** Where `messages` began, while the reader is inside it. */
  readonly messagesStart: number | undefined;
  readonly messageCount: number;
  readonly members: Partial<SessionMembers>;
  readonly spans: MemberSpans;
}

/** Where a reader stood behind a message: what it takes to read on over any bytes that are the same up to `position`. */
export interface SnapshotCheckpoint extends Progress {
  readonly hash: Hash;
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

/**
 * Reads a session snapshot as the native runtime deserialises it, member after member and message after message, and hashes
 * the canonical form of the messages as it goes. It can stop behind any of them and read on later.
 * `onCanonical` is given that form piece by piece, as views that the next piece overwrites.
 */
export class SnapshotReader {
  readonly #cursor: JsonCursor;
  readonly #tape: JsonTape;
  readonly #writer = new ByteWriter(4096);
  readonly #onCanonical: ((piece: Uint8Array) => void) | undefined;
  readonly #hash: Hash;
  #close = 0;
  #messagesStart: number | undefined;
  #messageCount = 0;
  #members: Partial<SessionMembers> = {};
  #spans: MemberSpans = {};
  #result: SnapshotResult | undefined;

  constructor(bytes: Uint8Array, onCanonical?: (piece: Uint8Array) => void, from?: SnapshotCheckpoint) {
    this.#cursor = new JsonCursor(bytes, "invalid_snapshot");
    this.#tape = new JsonTape(this.#cursor);
    this.#onCanonical = onCanonical;
    this.#hash = from ? from.hash.clone() : sha256.create();
    if (from === undefined) return;
    this.#cursor.position = from.position;
    this.#close = from.close;
    this.#messagesStart = from.messagesStart;
    this.#messageCount = from.messageCount;
    this.#members = from.members;
    this.#spans = from.spans;
  }

  /**
   * Reads on, up to the end of the first message or member at which `budget` bytes were read.
   * @returns whether the end of the snapshot is reached.
   * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the bytes.
   */
  advance(budget: number): boolean {
    const stop = this.#cursor.position + budget;
    while (this.#result === undefined) {
      this.#step();
      if (this.#cursor.position >= stop) break;
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

  /** The place behind the message that was read last, or `undefined` when the reader does not stand behind a message. */
  checkpoint(): SnapshotCheckpoint | undefined {
    if (this.#messagesStart === undefined || this.#messageCount === 0) return undefined;
    return {
      position: this.#cursor.position,
      close: this.#close,
      messagesStart: this.#messagesStart,
      messageCount: this.#messageCount,
      members: this.#members,
      spans: this.#spans,
      hash: this.#hash.clone(),
    };
  }

  #step(): void {
    if (this.#close === 0) this.#open();
    else if (this.#messagesStart === undefined) this.#member();
    else if (this.#messageCount === 0 || this.#cursor.more(CLOSE_BRACKET)) this.#message();
    else this.#endMember("messages", this.#messagesStart);
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
    const start = this.#cursor.position;
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
    this.#writer.truncate(0);
    this.#writer.byte(this.#messageCount === 0 ? OPEN_BRACKET : 0x2c);
    writeMessage(this.#tape, message, this.#writer);
    this.#messageCount++;
    this.#emit();
  }

  #emit(): void {
    const piece = this.#writer.view();
    this.#hash.update(piece);
    this.#onCanonical?.(piece);
  }

  #endMember(name: MemberName | undefined, start: number): void {
    this.#messagesStart = undefined;
    if (name !== undefined) this.#spans = { ...this.#spans, [name]: { start, end: this.#cursor.position } };
    if (!this.#cursor.more(this.#close)) this.#end();
  }

  #end(): void {
    const missing = MEMBER_NAMES.find((name) => !(name in this.#spans) && !(name in MEMBER_DEFAULTS));
    if (missing !== undefined) this.#cursor.fail(`missing field \`${missing}\``, this.#cursor.position - 1);
    this.#cursor.expectEnd();
    this.#writer.truncate(0);
    this.#writer.ascii(this.#messageCount === 0 ? "[]" : "]");
    this.#emit();
    this.#result = {
      form: this.#close === CLOSE_BRACE ? "object" : "array",
      members: { ...MEMBER_DEFAULTS, ...this.#members } as SessionMembers,
      spans: this.#spans,
      messageCount: this.#messageCount,
      digest: hexadecimal(this.#hash.digest()),
    };
  }
}
