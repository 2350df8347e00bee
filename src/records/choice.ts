import * as v from "valibot";
import { isObject, memberOf } from "./members.ts";
import { struct } from "./struct.ts";
import { scalar, type WireSchema, wireSchema, type WireSchemaReader } from "./wire-schema.ts";

export type ChoiceSchema<T> = WireSchema<T> & { readonly choose: (value: unknown) => WireSchema<T> };

/** The schema of a value that looks decide between schemas. */
export function choice<T>(expects: string, choose: (value: unknown) => WireSchema<T>): ChoiceSchema<T> {
  const read: WireSchemaReader<T> = (value, config) => choose(value)["~run"]({ value }, config);
  return wireSchema("choice", expects, read, { choose });
}

/** The schema of an object whose member `tag` names its variant (serde's internally tagged enums). */
export function tagged<const V extends Readonly<Record<string, WireSchema<unknown>>>>(
  tag: string,
  variants: V,
): ChoiceSchema<v.InferOutput<V[keyof V]>> {
  type Variant = WireSchema<v.InferOutput<V[keyof V]>>;
  const byName = new Map<unknown, Variant>(Object.entries(variants) as [string, Variant][]);
  // Fits nothing that none of the variants fits, and says at which member.
  const neither = struct({ [tag]: v.picklist([...byName.keys()] as string[]) }) as WireSchema<unknown> as Variant;
  return choice("Object", (value) => (isObject(value) && byName.get(memberOf(value, tag))) || neither);
}

/** The schema of the tag inside a variant: `name`, also when it is spelled as one of the older names. */
export function tag<const Name extends string>(name: Name, ...aliases: readonly string[]): WireSchema<Name> {
  return scalar("tag", `"${name}"`, (value) =>
    value === name || aliases.includes(value as string) ? name : undefined,
  );
}
