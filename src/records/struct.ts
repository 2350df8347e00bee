import type * as v from "valibot";
import { textFacts } from "../json/index.ts";
import { isObject, memberOf, type Members, setMember } from "./members.ts";
import {
  failure,
  failureAt,
  success,
  type SchemaShape,
  type WireSchema,
  wireSchema,
  type WireSchemaReader,
} from "./wire-schema.ts";

export type Entries = Readonly<Record<string, WireSchema<unknown>>>;

type Optional<E extends Entries> = { [K in keyof E]: undefined extends v.InferOutput<E[K]> ? K : never }[keyof E];

/** The members of a struct: those whose schema may give `undefined` are optional. */
export type StructOutput<E extends Entries> = Flat<
  { readonly [K in keyof E as K extends Optional<E> ? never : K]: v.InferOutput<E[K]> } & {
    readonly [K in keyof E as K extends Optional<E> ? K : never]?: v.InferOutput<E[K]>;
  }
>;
type Flat<T> = { [K in keyof T]: T[K] };

export type StructSchema<E extends Entries> = WireSchema<StructOutput<E>> & { readonly entries: E };

interface StructOptions {
  /** Refuses members that are not listed, instead of keeping them. */
  readonly exact?: boolean;
}

/**
 * The schema of an object with the given members, in the wire's order. Members whose schema gives `undefined` are left out;
 * members that are not listed are kept behind those that are. valibot's `looseObject` drops the names `__proto__`,
 * `constructor` and `prototype`, and knows nothing of what JSON text shows and values do not.
 */
export function struct<const E extends Entries>(entries: E, options: StructOptions = {}): StructSchema<E> {
  const listed = Object.entries<WireSchema<unknown>>(entries);
  const integers = new Set(listed.filter(([, schema]) => innermost(schema).type === "integer").map(([name]) => name));

  const read: WireSchemaReader<StructOutput<E>> = (given, config) => {
    if (!isObject(given)) return failure("Object", given);
    const text = textFacts(given);
    const output: Members = {};
    for (const [name, schema] of listed) {
      const value = memberOf(given, name);
      let member: ReturnType<WireSchemaReader<unknown>>;
      if (text?.repeated.has(name)) member = failure("one member", value, "several");
      else if (text?.floats.has(name) && integers.has(name)) member = failure("integer", value, "a float");
      else member = schema["~run"]({ value }, config);
      if (member.issues) return failureAt(given, name, member.issues);
      if (member.value !== undefined) setMember(output, name, member.value);
    }
    for (const name of Object.keys(given)) {
      if (Object.hasOwn(entries, name)) continue;
      if (options.exact) return failureAt(given, name, failure("no such member", given[name]).issues);
      setMember(output, name, given[name]);
    }
    return success(output as StructOutput<E>);
  };

  return wireSchema("struct", "Object", read, { entries });
}

/** The schema itself, without what makes it optional. */
function innermost(schema: SchemaShape): SchemaShape {
  return schema.wrapped ? innermost(schema.wrapped) : schema;
}
