import { sha256 } from "@noble/hashes/sha2.js";

/** The SHA-256 of bytes as 64 lower-case hexadecimal digits. */
export const sha256Of = (bytes: Uint8Array): string => hexadecimal(sha256(bytes));

/** The SHA-256 of what is given piece by piece. */
export class Sha256 {
  readonly #hash = sha256.create();

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The SHA-256 of all pieces as 64 lower-case hexadecimal digits; nothing can be added any more. */
  finish(): string {
    return hexadecimal(this.#hash.digest());
  }
}

/** Bytes as lower-case hexadecimal digits. */
export const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
