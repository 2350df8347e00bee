import { PLAIN } from "./fuzz-values.ts";

class Point {
  readonly x = 1;
}
class LaterDate extends Date {}
class List extends Array<number> {}

/** What a record's free-form parts may hold, and JSON may not. */
const STORABLE: readonly (() => unknown)[] = [
  ...[() => undefined, () => Number.NaN, () => Infinity, () => -Infinity],
  ...[0n, 1n, -1n, 2n ** 53n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 63n), 10n ** 400n].map((integer) => () => integer),
  () => new Date(0),
  () => new Date(8.64e15),
  () =>
    new Map<unknown, unknown>([
      ["a", 1],
      [{ b: new Date(1) }, new Set([1n, 1n, Number.NaN])],
      [Number.NaN, -0],
    ]),
  () => new Map([[new Map([["deep", [undefined]]]), new Map()]]),
  () => new Set<unknown>(["a", undefined, null, new Set(), [1n]]),
  () => new Uint8Array([1, 2, 255]),
  () => new Float32Array([1.5, Number.NaN, -0]),
  () => new BigInt64Array([-1n]),
  () => new Float64Array(3).subarray(1),
  () => new Uint8Array(new SharedArrayBuffer(4)),
  () => Object.freeze({ a: Object.freeze([1]) }),
  () => Object.assign(Object.create(null) as object, { a: 1 }),
];

/** What no record may hold, and what does not bear being looked at. */
const REFUSED: readonly (() => unknown)[] = [
  () => () => 1,
  () => Point,
  () => Symbol("s"),
  () => new Date(Number.NaN),
  () => new LaterDate(0),
  () => Object.create(Date.prototype) as unknown,
  () => Object.create(Map.prototype) as unknown,
  () => Object.create(Uint8Array.prototype) as unknown,
  () => Object.assign(new Map(), { own: 1 }),
  () => new ArrayBuffer(4),
  () => new DataView(new ArrayBuffer(4)),
  () => Buffer.from("buffer"),
  () => new Point(),
  () => new List(3),
  () => new Array<unknown>(3),
  () => new Array<unknown>(2 ** 32 - 1),
  () => Object.assign([1], { named: 1 }),
  () => new Error("e"),
  () => /x/u,
  () => new URL("https://example.org"),
  () => new WeakMap(),
  () => Promise.resolve(),
  () => new String("text"),
  () => Object(1n) as unknown,
  () => Object.create({ inherited: 1 }) as unknown,
  () => Object.create(Object.prototype, { hidden: { value: 1 } }) as unknown,
  () => ({ [Symbol("s")]: 1 }),
  () => globalThis,
  () => detached(),
  () => cycle(),
  () => throwing(),
  () => ({ toJSON: () => "other", toString: () => "other" }),
  () => new Proxy({}, { ownKeys: throws }),
  () => new Proxy([1, 2], { get: throws }),
  () => new Proxy({ a: 1 }, { getPrototypeOf: throws }),
  () => new Proxy({ a: 1 }, { get: throws }),
  () => new Proxy({ a: 1 }, { getOwnPropertyDescriptor: () => undefined }),
  () => new Proxy(new Date(0), {}),
  () => new Proxy(new Map(), {}),
  () => new Proxy(() => 1, {}),
  () => revoked({}),
  () => revoked([]),
];

/** Members that are read through code of the caller's, without a fault of theirs. */
const READ_BY_CODE: readonly (() => unknown)[] = [
  () => new Proxy({ a: 1 }, {}),
  () => new Proxy([1, [2]], {}),
  () => ({
    get a() {
      return "queued";
    },
  }),
];

export const RICH: readonly (() => unknown)[] = [...PLAIN, ...STORABLE, ...STORABLE, ...REFUSED, ...READ_BY_CODE];

function throws(): never {
  throw new TypeError("thrown by a caller's own code");
}

function throwing(): object {
  return Object.defineProperty({}, "getter", { get: throws, enumerable: true, configurable: true });
}

function cycle(): unknown {
  const list: unknown[] = [];
  list.push({ list });
  return list;
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(4);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
