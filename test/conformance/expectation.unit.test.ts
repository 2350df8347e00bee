import { describe, expect, test } from "vitest";
import { BrokenLaw, expectEqual, expectRejection } from "../../src/conformance/expectation.ts";
import { RuntimeStoreError } from "../../src/core/errors.ts";

const ownProto = (): unknown => JSON.parse('{"__proto__":{"a":1}}');

describe("expectEqual", () => {
  const same: readonly (readonly [unknown, unknown])[] = [
    [{ a: [1, { b: "x" }] }, { a: [1, { b: "x" }] }],
    [{ a: 1, b: undefined }, { a: 1 }],
    [Number.NaN, Number.NaN],
    [new Uint8Array([1, 2]), new Uint8Array([0, 1, 2]).subarray(1)],
    [new Map([["a", new Set([1n])]]), new Map([["a", new Set([1n])]])],
    [new Date(5), new Date(5)],
    [ownProto(), ownProto()],
  ];
  test.each(same)("takes %o for %o", (actual, expected) => {
    expectEqual(actual, expected, "it");
  });

  const different: readonly (readonly [unknown, unknown])[] = [
    [{ a: 1 }, { a: 1, b: null }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [[1, 2], [1]],
    [[1], { 0: 1 }],
    [0, -0],
    ["1", 1],
    [1n, 1],
    [null, undefined],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    [new Uint8Array([1, 2]), new Uint8Array([1])],
    [new Uint8Array([1]), new Int8Array([1])],
    [new Uint8Array([1]), [1]],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Map(), new Set()],
    [new Set([1, 2]), new Set([2, 1])],
    [new Date(5), new Date(6)],
    [ownProto(), {}],
    [{ constructor: 1 }, {}],
  ];
  test.each(different)("tells %o from %o", (actual, expected) => {
    expect(() => expectEqual(actual, expected, "it")).toThrow(BrokenLaw);
    expect(() => expectEqual(expected, actual, "it")).toThrow(BrokenLaw);
  });

  test("says where two values differ", () => {
    const message = 'it.list[1].name: "x" where "y" is due';
    expect(() => expectEqual({ list: [0, { name: "x" }] }, { list: [0, { name: "y" }] }, "it")).toThrow(message);
  });
});

describe("expectRejection", () => {
  const conflict = new RuntimeStoreError("revision_conflict", "d", { head: { runtime_id: "r", revision: 2 } });
  const rejecting = (): Promise<never> => Promise.reject(conflict);

  test("gives the error of the code and the facts that are due", async () => {
    expect(await expectRejection(rejecting, "revision_conflict", { head: { runtime_id: "r", revision: 2 } })).toBe(
      conflict,
    );
  });

  const broken: readonly (readonly [string, () => Promise<unknown>, object])[] = [
    ["a call that resolves", () => Promise.resolve(1), {}],
    ["another code", () => Promise.reject(new RuntimeStoreError("invalid_input", "d")), {}],
    ["other facts", rejecting, { head: { runtime_id: "r", revision: 3 } }],
    ["a missing fact", rejecting, { receipt: {} }],
    ["an error that is no store's", () => Promise.reject(new Error("e")), {}],
    [
      "a call that throws",
      () => {
        throw conflict;
      },
      {},
    ],
  ];
  test.each(broken)("refuses %s", async (_, call, facts) => {
    await expect(expectRejection(call, "revision_conflict", facts)).rejects.toThrow(BrokenLaw);
  });
});
