import { MAX_LINE_BYTES } from "./lines.ts";

const NEWLINE = 0x0a;

/** What stands between two newlines, and where. */
export interface FoundLine {
  /** `undefined` where it is longer than any line may be. */
  readonly bytes: Uint8Array | undefined;
  /** From 1. */
  readonly number: number;
  readonly byteOffset: number;
}

/** Finds the lines in bytes that come piece by piece, and holds no more than one of them. */
export class LineSplitter {
  /** What has come of a line that has not ended, at the beginning of an array with room for more. */
  #held = new Uint8Array();
  #length = 0;
  #number = 1;
  #byteOffset = 0;

  /** The lines that end in these bytes; a line is good until the next one is asked for. */
  *push(bytes: Uint8Array): Generator<FoundLine, void> {
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      if (newline < 0) {
        this.#hold(bytes.subarray(from));
        return;
      }
      yield this.#take(bytes.subarray(from, newline));
      this.#byteOffset += this.#length + 1;
      this.#length = 0;
      this.#number++;
      from = newline + 1;
    }
  }

  /** Where the line begins that has not ended: `bytes` are empty if there is nothing of it. */
  rest(): FoundLine {
    return { bytes: this.#length === 0 ? new Uint8Array() : undefined, ...this.#place() };
  }

  #take(last: Uint8Array): FoundLine {
    if (this.#length > 0) this.#hold(last);
    else this.#length = last.length;
    const bytes = this.#length > last.length ? this.#held.subarray(0, this.#length) : last;
    return { bytes: this.#length > MAX_LINE_BYTES ? undefined : bytes, ...this.#place() };
  }

  /** Keeps a copy, for whoever gave the bytes may use their array again. */
  #hold(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length <= MAX_LINE_BYTES) {
      if (length > this.#held.length) {
        const larger = new Uint8Array(Math.max(length, 2 * this.#held.length));
        larger.set(this.#held.subarray(0, this.#length));
        this.#held = larger;
      }
      this.#held.set(bytes, this.#length);
    }
    this.#length = length;
  }

  #place() {
    return { number: this.#number, byteOffset: this.#byteOffset };
  }
}
