import { RuntimeStoreError } from "../core/errors.ts";
import { asSessionId, newSessionId } from "../core/ids.ts";
import { dateTimeToMilliseconds, type Moment, type SystemTime, wireTime } from "../records/index.ts";
import type { Session } from "./session.ts";

/**
 * An empty conversation, which has cost nothing yet.
 * @throws {RuntimeStoreError} `invalid_input` for an id that is no UUID, or a time that the native runtime cannot hold.
 */
export function newSession(
  options: {
    readonly id?: string | undefined;
    readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    /** When it began; now, if left out. */
    readonly at?: Moment | undefined;
  } = {},
): Session {
  const { id, metadata = {}, at } = options;
  const time = systemTime(at);
  return {
    version: 1,
    id: id === undefined ? newSessionId() : asSessionId(id),
    messages: [],
    created_at: time,
    updated_at: time,
    metadata,
    usage: { input_tokens: 0, output_tokens: 0, cache_creation_tokens: null, cache_read_tokens: null },
  };
}

/** The session time of a moment, now if there is none. */
export function systemTime(at: Moment | undefined): SystemTime {
  const milliseconds = dateTimeToMilliseconds(wireTime(at));
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 0) throw new RuntimeStoreError("invalid_input", "a session time lies after 1970", { path: "at" });
  return { secs_since_epoch: seconds, nanos_since_epoch: Math.round((milliseconds - seconds * 1000) * 1e6) };
}
