import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { isRuntimeStoreError, RuntimeStoreError, type RuntimeStoreErrorJson } from "../../src/index.ts";

test("a message begins with the native prefix of the error's kind", () => {
  const error = new RuntimeStoreError("corrupt_record", "what happened");
  expect(error).toMatchObject({ kind: "read_failed", code: "corrupt_record", detail: "what happened" });
  expect(error.message).toBe("Store read failed: what happened");
  expect(new RuntimeStoreError("quota_exceeded", "x").message).toBe("Store write failed: x");
  expect(new RuntimeStoreError("timed_out", "x").message).toBe("Internal error: x");
});

test("an error crosses a JSON boundary whole, and a structured clone too", () => {
  const error = new RuntimeStoreError("revision_conflict", "x", {
    cause: new DOMException("gone", "AbortError"),
    head: { runtime_id: "r", revision: 3 },
    row: { table: "runtime_heads", key: ["r"] },
    path: "a[0].b",
    byteOffset: 0,
    storage: { usage: 1, quota: 2 },
  });
  for (const json of [JSON.parse(JSON.stringify(error)), structuredClone(error.toJSON())] as RuntimeStoreErrorJson[]) {
    const again = RuntimeStoreError.fromJSON(json);
    expect(again).toBeInstanceOf(RuntimeStoreError);
    expect(again.toJSON()).toEqual(error.toJSON());
    expect(again.cause).toMatchObject({ name: "AbortError", message: "gone" });
  }
});

test("facts that do not apply are not members", () => {
  const error = new RuntimeStoreError("unsupported", "x", { path: undefined });
  expect("path" in error).toBe(false);
  expect(Object.keys(error.toJSON()).sort()).toEqual(["code", "detail", "kind", "message", "name"]);
});

test("an error of another realm or of a second copy of the package is recognised", () => {
  const foreign: unknown = runInNewContext(
    `Object.defineProperty(new Error("x"), Symbol.for("burrow-store.RuntimeStoreError"), { value: true })`,
  );
  expect(foreign).not.toBeInstanceOf(Error);
  expect(isRuntimeStoreError(foreign)).toBe(true);
});

test.each([undefined, null, "x", {}, new Error("x"), { code: "invalid_input", name: "RuntimeStoreError" }])(
  "%s is no store error",
  (value) => {
    expect(isRuntimeStoreError(value)).toBe(false);
  },
);
