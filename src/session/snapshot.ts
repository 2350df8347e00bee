import { RuntimeStoreError } from "../core/errors.ts";
import { canonicalSession } from "../digest/index.ts";
import { readSnapshot } from "../digest/read-snapshot.ts";
import { encodePlain, readable } from "./encode-json.ts";
import type { Session } from "./session.ts";

const encoder = new TextEncoder();

/** The members of a session in the order in which the native runtime writes them. */
const MEMBERS = ["version", "id", "messages", "created_at", "updated_at", "metadata", "usage"] as const;

/**
 * What a snapshot says, in the native wire form: for display and for the model. Numbers are as JavaScript holds them, so the
 * session is not the way to change a snapshot: `appendToSession` is.
 * @throws {RuntimeStoreError} `invalid_snapshot`, with `byteOffset`, when the native runtime would refuse the snapshot.
 */
export function readSession(snapshot: Uint8Array): Session {
  return JSON.parse(new TextDecoder().decode(canonicalSession(snapshot))) as Session;
}

/**
 * The snapshot of a session: compact UTF-8 JSON, members in the native order.
 * @throws {RuntimeStoreError} `invalid_input` for what JSON cannot hold, with its path; `invalid_snapshot` for what is no
 * session to the native runtime.
 */
export function encodeSession(session: Session): Uint8Array<ArrayBuffer> {
  if (typeof session !== "object" || session === null) throw new RuntimeStoreError("invalid_input", "no session");
  const members = MEMBERS.map((name) => {
    const value = readable(name, () => session[name]);
    return `"${name}":${encodePlain(value, name, 1)}`;
  });
  const snapshot = encoder.encode(`{${members.join(",")}}`);
  readSnapshot(snapshot);
  return snapshot;
}
