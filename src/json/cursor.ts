import { RuntimeStoreError } from "../core/errors.ts";
import { Kind } from "./kinds.ts";

/** The codes under which malformed JSON is reported: the caller's records, or a session snapshot. */
export type JsonErrorCode = "invalid_input" | "invalid_snapshot";

const LITERALS = {
  null: ["null", Kind.Null],
  true: ["true", Kind.True],
  false: ["false", Kind.False],
} as const;

/** A place in a JSON text given as bytes. Every method that goes over something leaves `position` behind it. */
export class JsonCursor {
  readonly bytes: Uint8Array;
  readonly code: JsonErrorCode;
  position = 0;
  /** Where in the document a failure at an offset is reported. */
  readonly origin: (offset: number) => number;

  /** `origin` is given when the bytes are a part of the document, or a text inside it, not the document itself. */
  constructor(bytes: Uint8Array, code: JsonErrorCode, origin = (offset: number): number => offset) {
    this.bytes = bytes;
    this.code = code;
    this.origin = origin;
  }

  fail(what: string, offset = this.position): never {
    const byteOffset = this.origin(Math.min(offset, this.bytes.length));
    throw new RuntimeStoreError(this.code, `${what} at byte ${byteOffset}`, { byteOffset });
  }

  /** Goes over white space and gives the byte behind it, or -1 at the end of the text. */
  peek(): number {
    const { bytes } = this;
    for (let at = this.position; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
        this.position = at;
        return byte;
      }
    }
    this.position = bytes.length;
    return -1;
  }

  expectEnd(): void {
    if (this.peek() !== -1) this.fail("trailing characters");
  }

  /** Goes over an opening bracket, and over the closing one of an empty container; tells whether there is an element. */
  enter(close: number): boolean {
    this.position++;
    if (this.peek() !== close) return true;
    this.position++;
    return false;
  }

  /** Goes over the comma or the closing bracket behind an element, and tells whether another element follows. */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte !== 0x2c && byte !== close) this.fail(`expected a comma or ${String.fromCharCode(close)}`);
    this.position++;
    return byte !== close;
  }

  /** Goes up to the opening quote of a member's name. */
  expectName(): void {
    if (this.peek() !== 0x22) this.fail("expected a member's name");
  }

  expectColon(): void {
    if (this.peek() !== 0x3a) this.fail("expected a colon");
    this.position++;
  }

  /** Goes over `null`, `true` or `false`. */
  literal(): Kind {
    const first = this.bytes[this.position];
    const [word, kind] = first === 0x6e ? LITERALS.null : first === 0x74 ? LITERALS.true : LITERALS.false;
    for (let index = 0; index < word.length; index++) {
      const at = this.position + index;
      if (this.bytes[at] !== word.charCodeAt(index)) this.fail("expected a value", at);
    }
    this.position += word.length;
    return kind;
  }
}
