import * as v from "valibot";
import type { PathStep } from "./invalid-input.ts";

/** A valibot schema that takes anything and gives the wire's canonical form. */
export type WireSchema<T> = v.GenericSchema<unknown, T>;

/** What reading a value gives: the canonical form, or what is wrong. */
export type Reading<T> = v.OutputDataset<T, v.BaseIssue<unknown>>;
export type Failure = v.FailureDataset<v.BaseIssue<unknown>>;

export type WireSchemaReader<T> = (value: unknown, config: v.Config<v.BaseIssue<unknown>>) => Reading<T>;

/** What a schema is made of, for those who walk it; a schema without any of it has values without members, or free ones. */
export interface SchemaShape extends WireSchema<unknown> {
  readonly wrapped?: SchemaShape;
  readonly entries?: Readonly<Record<string, SchemaShape>>;
  readonly item?: SchemaShape;
  readonly values?: SchemaShape;
  readonly choose?: (value: unknown) => SchemaShape;
}

/** A schema of its own kind, with its shape. */
export function wireSchema<T, const Shape extends object>(
  type: string,
  expects: string,
  read: WireSchemaReader<T>,
  shape: Shape,
): WireSchema<T> & Shape {
  const schema = v._standardSchema<WireSchema<T>>({
    kind: "schema",
    type,
    reference: wireSchema as WireSchema<T>["reference"],
    expects,
    async: false,
    "~run": ({ value }, config) => read(value, config),
  });
  return Object.assign(schema, shape);
}

/** A schema of values that have no members: `canonical` gives the wire's form of one, or `undefined` for what is none. */
export function scalar<T, const Type extends string>(
  type: Type,
  expects: string,
  canonical: (value: unknown) => T | undefined,
): WireSchema<T> {
  const read: WireSchemaReader<T> = (value) => {
    const form = canonical(value);
    return form === undefined ? failure(expects, value) : success(form);
  };
  return wireSchema(type, expects, read, {});
}

export function success<T>(value: T): Reading<T> {
  return { typed: true, value };
}

export function failure(expected: string, value: unknown, received = v._stringify(value)): Failure {
  const message = `Expected ${expected} but received ${received}`;
  return { typed: false, value, issues: [{ kind: "schema", type: "wire", input: value, expected, received, message }] };
}

/** The failure of a member, as the container's own. */
export function failureAt(container: unknown, key: PathStep, issues: Failure["issues"]): Failure {
  const [issue] = issues;
  const step = { type: "unknown", origin: "value", input: container, key, value: issue.input } as const;
  return { typed: false, value: container, issues: [{ ...issue, path: [step, ...(issue.path ?? [])] }] };
}
