import { types } from "node:util";
import type { Random } from "./fuzz-random.ts";

type Container = Record<string | number, unknown>;

/** A value inside another: where it stands, so that it can be changed. */
interface Place {
  readonly container: Container;
  readonly key: string | number;
}

const TEXTS = [
  ...["", "x", "\0", "é😀\u2028", "\ud800", "a\udc00b", "null", "__proto__", "constructor", "x".repeat(5000)],
  ...["accepted", "queued", "consumed", "prompt", "immediate", "idle", "durable", "system_generated", "projected"],
  ...[
    "01890A5D-AC96-774B-BCCE-B302099A8001",
    "{01890a5d-ac96-774b-bcce-b302099a8001}",
    "01890a5dac96774bbcceb302099a8001",
  ],
  ...["2024-01-02T03:04:05Z", "2024-01-02t03:04:05.123456789123+23:59", "2024-02-30T00:00:00Z", "2016-12-31T23:59:60Z"],
  ...[
    "+262142-12-31T23:59:59Z",
    "-0001-01-01T00:00:00Z",
    "2024-01-02 03:04:05 +01:00",
    "2024-01-02T24:00:00Z",
    "0000-01-01T00:00:00-00:00",
  ],
];
const NUMBERS = [
  ...[0, -0, 1, -1, 0.5, 1.5, 1e-7, 5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 123456789.12345679, 16777217],
  ...[2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64, -(2 ** 63), -(2 ** 53), 1e21, 1e16],
  ...[3.4028234663852886e38, 3.4028235677973366e38, 1.401298464324817e-45, 1e-46],
];
const makers = (values: readonly unknown[]): readonly (() => unknown)[] => values.map((value) => () => value);

/** Values that JSON can carry; lone surrogates it carries as escapes. */
export const PLAIN: readonly (() => unknown)[] = [
  ...makers([null, true, false, ...NUMBERS, ...TEXTS]),
  () => [],
  () => ({}),
  () => [[]],
  () => ({ a: 1, 2: [null], "": {} }),
  () => Array.from({ length: 3000 }, (_, index) => index),
  () => Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`m${index}`, index])),
  () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown,
];

const DEPTHS = [1, 2, 60, 110, ...Array.from({ length: 16 }, (_, index) => 115 + index), 1500];
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "~__proto__",
  "toString",
  "toJSON",
  "then",
  "",
  "\ud800",
  "0",
  "é",
  "type",
];

type Mutation = (place: Place, random: Random, others: readonly Place[], values: readonly (() => unknown)[]) => void;

const MUTATIONS: readonly Mutation[] = [
  function replace({ container, key }, random, _, values) {
    setOwn(container, key, random.pick(values)());
  },
  function drop({ container, key }) {
    if (Array.isArray(container)) container.splice(Number(key), 1);
    else Reflect.deleteProperty(container, key);
  },
  function rename({ container, key }, random, others) {
    if (Array.isArray(container) || isAccessor(container, key)) return;
    const value = container[key];
    Reflect.deleteProperty(container, key);
    setOwn(container, random.once(2) ? random.pick(NAMES) : random.pick(others).key, value);
  },
  function copyFromElsewhere({ container, key }, random, others) {
    const other = random.pick(others);
    if (!isAccessor(other.container, other.key)) setOwn(container, key, copied(other.container[other.key]));
  },
  function add({ container, key }, random, _, values) {
    if (Array.isArray(container)) container.splice(Number(key), 0, random.pick(values)());
    else setOwn(container, random.once(2) ? random.pick(NAMES) : `own${random.below(9)}`, random.pick(values)());
  },
  function repeat({ container, key }, random) {
    if (Array.isArray(container))
      container.push(...container.slice(0, random.below(40)).map((element) => copied(element)));
    else if (!isAccessor(container, key)) setOwn(container, `${String(key)}_again`, copied(container[key]));
  },
  function nest({ container, key }, random) {
    let value = isAccessor(container, key) ? 0 : container[key];
    const isList = random.once(2);
    for (let depth = random.pick(DEPTHS); depth > 0; depth--) value = isList ? [value] : { a: value };
    setOwn(container, key, value);
  },
];

/** A copy of a plain value with one to four changes; what is put in is one of `values`. */
export function mutatedValue(random: Random, value: unknown, values: readonly (() => unknown)[]): unknown {
  const root: Container = { value: copied(value) };
  for (let changes = 1 + (random.once(2) ? 0 : random.below(4)); changes > 0; changes--) {
    const places = placesIn(root);
    const place = random.once(40) ? places[0] : random.pick(places);
    if (place) random.pick(MUTATIONS)(place, random, places, values);
  }
  return root.value;
}

/** JSON text of a corpus entry that was changed as a value; of one that is no JSON, the entry itself. */
export function mutatedJson(random: Random, corpus: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const entry = random.pick(corpus);
  try {
    const mutated = mutatedValue(random, JSON.parse(Buffer.from(entry).toString()), PLAIN);
    return new TextEncoder().encode(JSON.stringify(mutated));
  } catch {
    return new Uint8Array(entry);
  }
}

/** The places of a value and of all inside it, as far as they are plain. */
function placesIn(root: Container): Place[] {
  const places: Place[] = [{ container: root, key: "value" }];
  for (let next = 0; next < places.length && places.length < 3000; next++) {
    const { container, key } = places[next] as Place;
    const value = isAccessor(container, key) ? undefined : container[key];
    if (!isPlain(value)) continue;
    for (const name of Object.keys(value)) places.push({ container: value, key: name });
  }
  return places.length > 1 ? places.slice(1) : places;
}

const isAccessor = (container: Container, key: string | number): boolean =>
  Object.getOwnPropertyDescriptor(container, key)?.get !== undefined;

/** Neither rich, frozen nor sparse, nor a proxy, which would not bear being looked into. */
function isPlain(value: unknown): value is Container {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  const names = Object.keys(value);
  if (Array.isArray(value) && names.length !== value.length) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isLiteral = prototype === Object.prototype || prototype === Array.prototype;
  return isLiteral && !(names.length > 0 && Object.isFrozen(value));
}

/** A copy of the plain parts of a value; what is rich is shared, and so is what is deep, or holds itself. */
function copied(value: unknown, depth = 0): unknown {
  if (!isPlain(value) || depth > 2000) return value;
  if (Array.isArray(value)) return value.map((element) => copied(element, depth + 1));
  const copy: Container = {};
  for (const name of Object.keys(value))
    setOwn(copy, name, isAccessor(value, name) ? 0 : copied(value[name], depth + 1));
  return copy;
}

function setOwn(container: Container, key: string | number, value: unknown): void {
  Object.defineProperty(container, key, { value, enumerable: true, configurable: true, writable: true });
}
