import { RuntimeStoreError } from "../core/errors.ts";
import { sha256Of } from "../digest/sha256.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { isBounded } from "./part.ts";

/** No line is longer, so that nobody has to hold more of what may be no line at all. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;
const CLOSE = 0x7d;

/** What stands before a part: its SHA-256, always of the same length. */
const prefixOf = (sha256: string): string => `{"sha256":"${sha256}","part":`;
const PREFIX_LENGTH = prefixOf("0".repeat(64)).length;

/** One line of an archive, and the SHA-256 of the part in it. */
export interface ArchiveLine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
}

/**
 * The line of a part, which is given as JSON text.
 * @throws {RuntimeStoreError} `unsupported` for one that no archive can hold: it is too long, nests too deep, or holds too many values.
 */
export function lineOf(part: string): ArchiveLine {
  const text = new TextEncoder().encode(part);
  const bytes = new Uint8Array(PREFIX_LENGTH + text.length + 2);
  if (bytes.length > MAX_LINE_BYTES) {
    throw new RuntimeStoreError("unsupported", `a record of ${text.length} bytes is too long for an archive`);
  }
  if (!isBounded(text))
    throw new RuntimeStoreError("unsupported", "a record nests too deep, or holds too many values, for an archive");
  const sha256 = sha256Of(text);
  new TextEncoder().encodeInto(prefixOf(sha256), bytes);
  bytes.set(text, PREFIX_LENGTH);
  bytes.set([CLOSE, NEWLINE], bytes.length - 2);
  return { bytes, sha256 };
}

/**
 * The part in a line, given without its newline.
 * @throws {RuntimeStoreError} `invalid_archive` for what `lineOf` did not make.
 */
export function partIn(line: Uint8Array): { readonly text: Uint8Array; readonly sha256: string } {
  const text = line.subarray(PREFIX_LENGTH, -1);
  const sha256 = sha256Of(text);
  const isLine = line.length > PREFIX_LENGTH + 1 && line.at(-1) === CLOSE && startsWith(line, prefixOf(sha256));
  if (!isLine) throw invalidArchive("is not what was written");
  return { text, sha256 };
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[at] !== text.charCodeAt(at)) return false;
  return true;
}
