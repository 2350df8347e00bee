import { isRuntimeStoreError } from "../core/errors.ts";
import { hasLoneSurrogate } from "../json/index.ts";
import { invalidInput, type PathStep } from "./invalid-input.ts";
import { type Members, setMember } from "./members.ts";
import { copyTypedArray } from "./typed-arrays.ts";

/** Containers nested deeper than this are refused, as the native parser does (serde_json 1.0.149 `recursion limit exceeded`). */
const MAX_DEPTH = 127;

/** Containers in all; values that stand in many places are copied for each, and would multiply without end. */
const MAX_CONTAINERS = 250_000;

/** A copy that shares nothing with the value that it was made of. */
export interface ValueCopy {
  readonly value: unknown;
  /** Whether JSON text carries it whole: no -0, NaN, infinity, `undefined`, bigint, Date, Map, Set or typed array in it. */
  readonly isPlain: boolean;
  /** Where text stands that has no UTF-8 form; of a member's name, where its object stands. */
  readonly loneSurrogates: readonly (readonly PathStep[])[];
}

/**
 * Copies plain JSON values, and Date, Map, Set, bigint, `undefined`, NaN, infinities and typed arrays. Every member is read
 * once, getters included. What a copy could not carry whole is refused: functions, symbols, class instances, invalid Dates,
 * array holes, hidden members, `ArrayBuffer`, cycles. A value met twice is copied twice.
 * @throws {RuntimeStoreError} `invalid_input`, with the `path` of what was refused.
 */
export function copyValue(value: unknown): ValueCopy {
  const copier = new ValueCopier();
  try {
    const copy = copier.copy(value);
    return { value: copy, isPlain: copier.isPlain, loneSurrogates: copier.loneSurrogates };
  } catch (error) {
    if (isRuntimeStoreError(error)) throw error;
    // Thrown by a getter, by a proxy, or by a prototype's method that found no Date, Map or Set behind it.
    throw invalidInput(copier.path, "could not be read", error);
  }
}

class ValueCopier {
  readonly path: PathStep[] = [];
  #containers = 0;
  readonly loneSurrogates: PathStep[][] = [];
  isPlain = true;

  copy(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
        this.isPlain &&= Number.isFinite(value) && !Object.is(value, -0);
        return value;
      case "boolean":
        return value;
      case "bigint":
      case "undefined":
        this.isPlain = false;
        return value;
      case "object":
        return value === null ? null : this.#container(value);
      default:
        return this.#refuse(`a ${typeof value}`);
    }
  }

  #container(value: object): unknown {
    if (Array.isArray(value)) return this.#array(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (isPlainPrototype(prototype)) return this.#object(value);
    this.isPlain = false;
    if (ArrayBuffer.isView(value)) return copyTypedArray(value) ?? this.#refuse("bytes that are no plain typed array");
    if (Reflect.ownKeys(value).length > 0) this.#refuse("an object of a class with members of its own");
    switch (prototype) {
      case Date.prototype:
        return this.#date(value as Date);
      case Map.prototype:
        return this.#map(value as Map<unknown, unknown>);
      case Set.prototype:
        return this.#set(value as Set<unknown>);
      default:
        return this.#refuse(`an instance of ${className(value)}`);
    }
  }

  #object(value: object): Members {
    this.#enter();
    const copy: Members = {};
    for (const name of Reflect.ownKeys(value)) {
      if (typeof name === "symbol") return this.#refuse("a member named by a symbol");
      if (!Object.prototype.propertyIsEnumerable.call(value, name)) return this.#refuse(`a hidden member "${name}"`);
      setMember(copy, this.#text(name), this.#read(value as Members, name));
    }
    return copy;
  }

  #array(value: readonly unknown[]): unknown[] {
    this.#enter();
    // The prototype of arrays is an array itself, in every realm; that of a class made from them is not.
    if (!Array.isArray(Object.getPrototypeOf(value))) this.#refuse(`an instance of ${className(value)}`);
    // Indices and `length`, nothing else.
    if (Reflect.ownKeys(value).length !== value.length + 1) this.#refuse("an array with holes or with named members");
    const copy: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      if (!Object.hasOwn(value, index)) this.#refuse("an array with holes");
      copy.push(this.#read(value, index));
    }
    return copy;
  }

  #date(value: Date): Date {
    const time = value.getTime();
    return Number.isNaN(time) ? this.#refuse("an invalid Date") : new Date(time);
  }

  #map(value: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    this.#enter();
    const copy = new Map<unknown, unknown>();
    for (const [key, element] of value) {
      const index = copy.size;
      copy.set(this.#member(index, key), this.#member(index, element));
    }
    return copy;
  }

  #set(value: ReadonlySet<unknown>): Set<unknown> {
    this.#enter();
    const copy = new Set<unknown>();
    for (const element of value) copy.add(this.#member(copy.size, element));
    return copy;
  }

  /** A getter that throws is found at its own path. */
  #read<K extends PathStep>(container: Readonly<Record<K, unknown>>, step: K): unknown {
    this.path.push(step);
    const copy = this.copy(container[step]);
    this.path.pop();
    return copy;
  }

  #member(step: PathStep, value: unknown): unknown {
    this.path.push(step);
    const copy = this.copy(value);
    this.path.pop();
    return copy;
  }

  #text(text: string): string {
    if (hasLoneSurrogate(text)) this.loneSurrogates.push([...this.path]);
    return text;
  }

  /** A cycle ends here too. */
  #enter(): void {
    if (this.path.length >= MAX_DEPTH) this.#refuse(`more than ${MAX_DEPTH} containers inside one another`);
    if (++this.#containers > MAX_CONTAINERS) this.#refuse(`more than ${MAX_CONTAINERS} containers`);
  }

  #refuse(what: string): never {
    throw invalidInput(this.path, `expected a value that can be stored, got ${what}`);
  }
}

/** That of object literals, of this realm or another, or none. */
function isPlainPrototype(prototype: unknown): boolean {
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
}

function className(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "a class";
}
