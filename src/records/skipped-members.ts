import type { PathStep } from "./invalid-input.ts";
import type { SchemaShape } from "./wire-schema.ts";

/**
 * Whether the native runtime runs over what stands at a path without reading it: members that a struct does not know. Those
 * inside a variant are read all the same, for it holds the whole object before it looks for the tag (serde 1.0.228).
 */
export function isSkipped(schema: SchemaShape, steps: readonly PathStep[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined || schema.choose) return false;
  if (schema.wrapped) return isSkipped(schema.wrapped, steps);
  if (schema.entries) {
    const member = Object.hasOwn(schema.entries, step) ? schema.entries[step] : undefined;
    return member === undefined || isSkipped(member, rest);
  }
  const element = schema.item ?? schema.values;
  return element !== undefined && isSkipped(element, rest);
}
