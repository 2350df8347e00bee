import { invalidArchive } from "./invalid-archive.ts";

/** The members of one part, as its JSON text has them; nothing is known of them but their names. */
export type Part = Readonly<Record<string, unknown>> & { readonly kind: string };

const KINDS: Readonly<Record<string, readonly string[]>> = {
  archive: ["format", "version"],
  runtime: ["head", "lease_epoch", "runtime_state"],
  ops_lifecycle: ["format", "record"],
  input_state: ["format", "record"],
  receipt: ["revision", "committed_at", "minted", "operation_id", "byte_length", "format", "record"],
  snapshot: ["byte_length"],
  session: ["session_id", "owned", "byte_length"],
  bytes: ["base64"],
  runtime_end: ["lines", "digest"],
  archive_end: ["runtimes", "lines", "digest"],
};

/** Far more than any record has, be it in superjson's form: `JSON.parse` itself knows no limit, and takes 400 bytes for a value. */
const MAX_DEPTH = 1_000;
const MAX_VALUES = 500_000;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the JSON text of a part.
 * @throws {RuntimeStoreError} `invalid_archive` for what is none of this version's parts.
 */
export function parsePart(text: Uint8Array): Part {
  if (!isBounded(text)) throw invalidArchive("nests deeper, or holds more, than any record");
  const part = parsedAsWritten(text);
  if (typeof part !== "object" || part === null || Array.isArray(part)) throw invalidArchive("is no part");
  const { kind, ...members } = part as Readonly<Record<string, unknown>>;
  const names = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (typeof kind !== "string" || !names) throw invalidArchive("is of no kind that this version knows");
  const unknown = Object.keys(members).find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalidArchive(`has a member ${JSON.stringify(unknown)}, unknown to this version`);
  return { ...members, kind };
}

/** So that no member stands twice, and nobody reads another text than it was hashed of. */
function parsedAsWritten(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidArchive("is no JSON text", { cause });
  }
  if (JSON.stringify(value) !== text) throw invalidArchive("is JSON that is written in another way");
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const COMMA = 0x2c;

/** Whether a JSON text is of bounded depth and number of values, told without reading it as such. */
export function isBounded(text: Uint8Array): boolean {
  let depth = 0;
  let values = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (isInText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_DEPTH || ++values > MAX_VALUES) return false;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
    else if (byte === COMMA && ++values > MAX_VALUES) return false;
  }
  return true;
}
