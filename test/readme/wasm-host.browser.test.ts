import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { beforeAll, expect, test } from "vitest";
import { startHost } from "./wasm-host.ts";

beforeAll(() => deleteIndexedDbRuntimeStore("my-host"));

test("the page of the guide hands a durable store to its host", async () => {
  await startHost((store) => store.persistRuntimeState("agent", "idle"));
  const store = await openIndexedDbRuntimeStore({ name: "my-host" });
  expect(await store.loadRuntimeState("agent")).toBe("idle");
  await store.close();
});
