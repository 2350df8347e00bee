import type * as v from "valibot";
import { u32, u64 } from "./scalars.ts";
import { struct } from "./struct.ts";
import { failure, success, wireSchema } from "./wire-schema.ts";

const parts = struct({ secs_since_epoch: u64, nanos_since_epoch: u32 }, { exact: true });

/** A time of a session, as the native runtime's `SystemTime` is written; nanos are below 10^9. */
export type SystemTime = v.InferOutput<typeof parts>;

/** Carries nanos beyond a second into the seconds, as the native runtime does when it reads them. */
export const systemTime = wireSchema<SystemTime, object>(
  "system_time",
  "SystemTime",
  (value, config) => {
    const read = parts["~run"]({ value }, config);
    if (read.issues) return read;
    const { secs_since_epoch, nanos_since_epoch } = read.value;
    const seconds = secs_since_epoch + Math.floor(nanos_since_epoch / 1e9);
    if (!Number.isSafeInteger(seconds)) return failure("time before second 2^53", value);
    return success({ secs_since_epoch: seconds, nanos_since_epoch: nanos_since_epoch % 1e9 });
  },
  { entries: parts.entries },
);
