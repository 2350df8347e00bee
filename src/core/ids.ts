import { RuntimeStoreError } from "./errors.ts";

declare const idBrand: unique symbol;
type Id<Name extends string> = string & { readonly [idBrand]: Name };

/** One run of an agent: a UUID, hyphenated lower case. */
export type RunId = Id<"RunId">;
/** One input accepted by a runtime: a UUID, hyphenated lower case; those made here sort by the time they were made. */
export type InputId = Id<"InputId">;
/** One conversation: a UUID, hyphenated lower case. */
export type SessionId = Id<"SessionId">;
/** One background operation of the ops registry: a UUID, hyphenated lower case. */
export type OperationId = Id<"OperationId">;
/** Any other UUID of the wire records (epochs, waits, correlations): hyphenated lower case. */
export type Uuid = Id<string>;

/** A new run id: a UUID v7, greater than every one made before it in this realm. */
export const newRunId = (): RunId => uuidV7() as RunId;
/** A new input id: a UUID v7, greater than every one made before it in this realm, so that inputs are recovered in the order they were made. */
export const newInputId = (): InputId => uuidV7() as InputId;
/** A new session id: a UUID v7, greater than every one made before it in this realm. */
export const newSessionId = (): SessionId => uuidV7() as SessionId;

/**
 * The run id that the text spells, in canonical form.
 * @throws {RuntimeStoreError} `invalid_input` when the native runtime would refuse the text.
 */
export const asRunId = (text: string): RunId => canonicalUuid(text, "run id") as RunId;
/**
 * The input id that the text spells, in canonical form.
 * @throws {RuntimeStoreError} `invalid_input` when the native runtime would refuse the text.
 */
export const asInputId = (text: string): InputId => canonicalUuid(text, "input id") as InputId;
/**
 * The session id that the text spells, in canonical form.
 * @throws {RuntimeStoreError} `invalid_input` when the native runtime would refuse the text.
 */
export const asSessionId = (text: string): SessionId => canonicalUuid(text, "session id") as SessionId;
/**
 * The operation id that the text spells, in canonical form.
 * @throws {RuntimeStoreError} `invalid_input` when the native runtime would refuse the text.
 */
export const asOperationId = (text: string): OperationId => canonicalUuid(text, "operation id") as OperationId;

// What the uuid crate 1.19.0 reads: hyphenated, 32 digits, {hyphenated}, urn:uuid:hyphenated; any version and variant.
const HYPHENATED = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const UUID_TEXT = new RegExp(`^(?:${HYPHENATED}|[0-9a-f]{32}|\\{${HYPHENATED}\\})$`, "i");
const URN_TEXT = new RegExp(`^urn:uuid:(${HYPHENATED})$`, "i");

/** The hyphenated lower-case form of any UUID text that the native runtime reads, or `undefined` for anything else. */
export function parseUuid(text: unknown): Uuid | undefined {
  if (typeof text !== "string") return undefined;
  const bare = text.startsWith("urn:uuid:") ? URN_TEXT.exec(text)?.[1] : UUID_TEXT.exec(text)?.[0];
  if (bare === undefined) return undefined;
  const digits = bare.replace(/[{}-]/g, "").toLowerCase();
  return hyphenate(digits);
}

function canonicalUuid(text: string, what: string): Uuid {
  const id = parseUuid(text);
  if (id !== undefined) return id;
  const given = typeof text === "string" ? JSON.stringify(text.slice(0, 60)) : typeof text;
  throw new RuntimeStoreError("invalid_input", `not a UUID, so not a ${what}: ${given}`);
}

/** A new UUID v7 for a row of the store's own. */
export const newUuid = (): Uuid => uuidV7();

const hyphenate = (digits: string): Uuid => digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-") as Uuid;

let lastMillisecond = 0;
let lastCounter = 0;

/** RFC 9562 §6.2 method 1: the 12 bits of `rand_a` count within a millisecond, seeded low enough to leave room. */
function uuidV7(): Uuid {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const now = Date.now();
  if (now > lastMillisecond) {
    lastMillisecond = now;
    lastCounter = (((random[8] ?? 0) << 8) | (random[9] ?? 0)) & 0x7ff;
  } else if (++lastCounter > 0xfff) {
    lastMillisecond++;
    lastCounter = 0;
  }
  random[0] = 0x80 | ((random[0] ?? 0) & 0x3f);
  const tail = Array.from(random.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hyphenate(
    lastMillisecond.toString(16).padStart(12, "0") + "7" + lastCounter.toString(16).padStart(3, "0") + tail,
  );
}
