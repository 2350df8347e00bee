import { Sha256 } from "../digest/sha256.ts";

const encoder = new TextEncoder();

/** Counts lines, and makes one SHA-256 of theirs: nothing can be left out, added or moved behind its back. */
export class RunningDigest {
  readonly #digest = new Sha256();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(sha256: string): void {
    this.#digest.update(encoder.encode(sha256));
    this.#count++;
  }

  finish(): string {
    return this.#digest.finish();
  }
}
