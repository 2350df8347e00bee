import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { parseInput, parseInputState } from "../../src/records/index.ts";
import { acceptedMembers, eventMembers, frozen } from "./samples.ts";

const payloadOf = (payload: unknown): unknown =>
  (parseInput(eventMembers(payload)) as unknown as { payload: unknown }).payload;

const refusal = (path: string): Error => expect.objectContaining({ code: "invalid_input", path }) as Error;

const nested = (depth: number): unknown => {
  let value: unknown = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

describe("free-form parts", () => {
  const rich = {
    when: new Date(86_400_000),
    map: new Map<unknown, unknown>([
      [{ key: 1 }, new Set([1, [2n]])],
      [NaN, -0],
    ]),
    none: undefined,
    list: [undefined, null, Infinity, -Infinity, NaN, -0, 1e300, 2n ** 70n],
    bytes: new Uint8Array([1, 2, 3]).subarray(1),
    floats: new Float64Array([NaN, -0, 0.5]),
    big: new BigInt64Array([-1n]),
  };

  it("keep Date, Map, Set, bigint, undefined, every number and typed arrays, in payloads, parameters and unknown members", () => {
    expect(payloadOf(rich)).toStrictEqual(rich);
    const { header } = parseInput(eventMembers(0));
    const prompt = { input_type: "prompt", header, text: "", turn_metadata: { provider_params: rich }, unknown: rich };
    expect(parseInput(prompt)).toStrictEqual(prompt);
  });

  it("share nothing with what was given, and do not change it", () => {
    const given = frozen(rich);
    const copy = payloadOf(given) as typeof rich;
    const shared = { a: 1 };
    const twice = payloadOf({ first: shared, second: shared }) as { first: object; second: object };
    expect(copy.bytes.buffer.byteLength).toBe(2);
    for (const name of ["when", "map", "list", "bytes", "floats", "big"] as const)
      expect(copy[name]).not.toBe(given[name]);
    expect(twice.first).not.toBe(twice.second);
    expect([...copy.map.keys()][0]).not.toBe([...given.map.keys()][0]);
  });

  it("read every member once", () => {
    let reads = 0;
    const counting = Object.defineProperty({}, "n", { enumerable: true, get: () => ++reads });
    expect(payloadOf({ counting, list: [counting] })).toEqual({ counting: { n: 1 }, list: [{ n: 2 }] });
    expect(
      parseInputState(
        Object.defineProperty(acceptedMembers(), "last_boundary_sequence", { enumerable: true, get: () => ++reads }),
      ),
    ).toMatchObject({ last_boundary_sequence: 3 });
  });

  it("may be of another realm, as long as they are plain", () => {
    expect(payloadOf(runInNewContext("({ a: [1, { b: null }] })"))).toStrictEqual({ a: [1, { b: null }] });
    expect(payloadOf(Object.assign(Object.create(null) as object, { a: 1 }))).toStrictEqual({ a: 1 });
  });

  it("copy shared and growing memory", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const view = new Uint8Array(memory.buffer, 4, 2);
    view.set([7, 8]);
    const copy = payloadOf(view) as Uint8Array;
    view.fill(0);
    expect([...copy]).toEqual([7, 8]);
    expect(copy.buffer).toBeInstanceOf(ArrayBuffer);
  });

  class Point {
    x = 1;
  }
  class List extends Array {}
  const cycle: unknown[] = [];
  cycle.push({ cycle });
  const detached = new Uint8Array(8);
  structuredClone(detached, { transfer: [detached.buffer] });

  it.each<[string, unknown, string?]>([
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a class instance", new Point()],
    ["an error", new Error("e")],
    ["a regular expression", /r/],
    ["a URL", new URL("https://example.com")],
    ["a boxed string", Object("s")],
    ["a promise", Promise.resolve()],
    ["a WeakMap", new WeakMap()],
    ["an ArrayBuffer", new ArrayBuffer(1)],
    ["a DataView", new DataView(new ArrayBuffer(1))],
    ["a Buffer", Buffer.from("b")],
    ["a detached array", detached],
    ["an invalid Date", new Date(NaN)],
    ["a Date with members", Object.assign(new Date(0), { zone: "UTC" })],
    ["a Map of a class", new (class extends Map {})()],
    ["what only looks like a Date", Object.create(Date.prototype)],
    ["what only looks like a Map", Object.create(Map.prototype)],
    ["an array of a class", new List()],
    ["an array with holes", new Array(2)],
    ["an array with named members", Object.assign([1], { name: "x" })],
    ["an array with holes and as many names", Object.assign(new Array(1), { name: "x" })],
    ["a member named by a symbol", { [Symbol("s")]: 1 }],
    ["a hidden member", Object.defineProperty({}, "hidden", { value: 1 })],
    [
      "a getter that throws",
      {
        get broken() {
          throw new Error("no");
        },
      },
      "payload.broken",
    ],
    ["a revoked proxy", (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {}))],
  ])("refuse %s", (_, value, path = "payload") => {
    expect(() => payloadOf(value)).toThrow(refusal(path));
    if (path === "payload") expect(() => payloadOf({ list: [0, value] })).toThrow(refusal("payload.list[1]"));
  });

  it("refuse a cycle", () => {
    expect(() => payloadOf(cycle)).toThrow(expect.objectContaining({ code: "invalid_input" }) as Error);
  });

  it("refuse a value that multiplies without end", () => {
    let twice: unknown = "x";
    for (let level = 0; level < 60; level++) twice = [twice, twice];
    expect(() => payloadOf(twice)).toThrow(expect.objectContaining({ code: "invalid_input" }) as Error);
  });

  it("nest 127 containers deep with those around them, and no deeper", () => {
    expect(payloadOf(nested(126))).toEqual(nested(126));
    expect(() => payloadOf(nested(127))).toThrow(expect.objectContaining({ code: "invalid_input" }) as Error);
    expect(() => parseInputState(acceptedMembers({ persisted_input: eventMembers(nested(126)) }))).toThrow();
    expect(() => payloadOf(new Map([[1, nested(126)]]))).toThrow(
      expect.objectContaining({ code: "invalid_input" }) as Error,
    );
  });
});
