import { RuntimeStoreError } from "../core/errors.ts";
import { compareCodePoints, hasLoneSurrogate, printF32, printF64 } from "../json/index.ts";
import { type Input, input } from "./input.ts";
import { type InputState, inputState } from "./input-state.ts";
import { type PathStep, pathText } from "./invalid-input.ts";
import { isObject, type Members } from "./members.ts";
import { type PersistedOpsSnapshot, persistedOpsSnapshot } from "./ops-snapshot.ts";
import { parse } from "./parse.ts";
import { type RunBoundaryReceipt, runBoundaryReceipt } from "./run-boundary-receipt.ts";
import { type RuntimeState, runtimeState } from "./runtime-state.ts";
import type { SchemaShape, WireSchema } from "./wire-schema.ts";

/**
 * The compact JSON text of an input state, as the native runtime writes it: members in the wire's order, free JSON sorted by
 * code point. Members that the native type does not know stand behind those that it knows.
 * @throws {RuntimeStoreError} `unsupported` for a value that JSON cannot carry (Date, Map, NaN, a bigint beyond 64 bits, a lone
 * surrogate and the like), `invalid_input` for what `parseInputState` refuses; both with the `path`.
 */
export const formatInputState = (record: InputState): string => format(inputState, record);

/**
 * The compact JSON text of a receipt, by the rules of `formatInputState`.
 * @throws {RuntimeStoreError} `unsupported` or `invalid_input`, with the `path`.
 */
export const formatBoundaryReceipt = (record: RunBoundaryReceipt): string => format(runBoundaryReceipt, record);

/**
 * The compact JSON text of an input, by the rules of `formatInputState`.
 * @throws {RuntimeStoreError} `unsupported` or `invalid_input`, with the `path`.
 */
export const formatInput = (record: Input): string => format(input, record);

/**
 * The JSON text of a runtime state: its name in quotes.
 * @throws {RuntimeStoreError} `invalid_input` for anything but the eight names.
 */
export const formatRuntimeState = (record: RuntimeState): string => format(runtimeState, record);

/**
 * The compact JSON text of a registry of background operations, by the rules of `formatInputState`, with the operations in
 * the order in which they stand: the native runtime writes them in any order.
 * @throws {RuntimeStoreError} `unsupported` or `invalid_input`, with the `path`.
 */
export const formatOpsSnapshot = (record: PersistedOpsSnapshot): string => format(persistedOpsSnapshot, record);

export function format<T>(schema: WireSchema<T>, record: T): string {
  return new WireWriter().print(schema, parse(schema, record));
}

class WireWriter {
  readonly #path: PathStep[] = [];

  print(schema: SchemaShape, value: unknown): string {
    if (value === null) return "null";
    const { wrapped, entries, item, values, choose } = schema;
    if (wrapped) return this.print(wrapped, value);
    if (choose) return this.print(choose(value), value);
    if (entries) return this.#struct(entries, value as Members);
    if (values) return this.#object(Object.entries(value as Members), () => values);
    if (item) return this.#array(value as unknown[], (element) => this.print(item, element));
    if (schema.type === "f32") return printF32(value as number);
    return schema.type === "free" ? this.#free(value) : JSON.stringify(value);
  }

  /** Objects keep integer-like names in front; in the text they stand where the wire wants them. */
  #struct(entries: Readonly<Record<string, SchemaShape>>, value: Members): string {
    const known = Object.keys(entries).filter((name) => Object.hasOwn(value, name));
    const others = Object.keys(value).filter((name) => !Object.hasOwn(entries, name));
    const members = [...known, ...others].map((name): [string, unknown] => [name, value[name]]);
    return this.#object(members, (name) => (Object.hasOwn(entries, name) ? entries[name] : undefined));
  }

  #object(members: readonly [string, unknown][], schemaOf: (name: string) => SchemaShape | undefined): string {
    const printed = members.map(([name, value]) => {
      const schema = schemaOf(name);
      const text = this.#at(name, () => (schema ? this.print(schema, value) : this.#free(value)));
      return `${this.#text(name)}:${text}`;
    });
    return `{${printed.join(",")}}`;
  }

  #array(elements: readonly unknown[], print: (element: unknown) => string): string {
    return `[${elements.map((element, index) => this.#at(index, () => print(element))).join(",")}]`;
  }

  #free(value: unknown): string {
    if (typeof value === "number") return this.#number(value);
    if (typeof value === "bigint") return this.#integer(value);
    if (typeof value === "string") return this.#text(value);
    if (value === null || typeof value === "boolean") return String(value);
    if (Array.isArray(value)) return this.#array(value, (element) => this.#free(element));
    if (!isObject(value)) return this.#refuse(value);
    return this.#object(
      Object.entries(value).sort(([a], [b]) => compareCodePoints(a, b)),
      () => undefined,
    );
  }

  /** In members that the native type does not know, a value may hold text that no UTF-8 can. */
  #text(value: string): string {
    return hasLoneSurrogate(value) ? this.#refuse(value) : JSON.stringify(value);
  }

  /** A number beyond 2^53-1 was read from a float: integers of that size come as bigint. */
  #number(value: number): string {
    if (!Number.isFinite(value)) return this.#refuse(value);
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : printF64(value);
  }

  #integer(value: bigint): string {
    return value === BigInt.asUintN(64, value) || value === BigInt.asIntN(64, value)
      ? String(value)
      : this.#refuse(value);
  }

  #at(step: PathStep, print: () => string): string {
    this.#path.push(step);
    const text = print();
    this.#path.pop();
    return text;
  }

  #refuse(value: unknown): never {
    const path = pathText(this.#path);
    const isNumber = typeof value === "number" || typeof value === "bigint";
    const what = isNumber ? String(value) : Object.prototype.toString.call(value).slice(8, -1);
    throw new RuntimeStoreError("unsupported", `${path}: JSON text cannot carry ${what}`, { path });
  }
}
