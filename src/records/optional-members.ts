import * as v from "valibot";
import type { WireSchema } from "./wire-schema.ts";

/** A member that is left out when it has no value; `null` reads as none. */
export function option<T>(schema: WireSchema<T>): WireSchema<T | undefined> {
  return v.nullish(schema, () => undefined);
}

/** A member that is written as `null` when it has no value. */
export function orNull<T>(schema: WireSchema<T>): WireSchema<T | null> {
  return v.nullish(schema, null);
}

/** A member that has a value even where it is left out; an explicit `null` is an error. */
export function withDefault<T>(schema: WireSchema<T>, value: T): WireSchema<T> {
  return v.optional(schema, () => value);
}

/** A list that is left out when it is empty; an explicit `null` is an error. */
export function listOrNothing<T>(item: WireSchema<T>): WireSchema<T[] | undefined> {
  return v.pipe(
    v.optional(v.array(item)),
    v.transform((list) => (list?.length === 0 ? undefined : list)),
  );
}
