import { readSession } from "burrow-store/session";
import { deleteIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { beforeAll, expect, test } from "vitest";
import { conversation, sessionId } from "../../src/conformance/samples.ts";

beforeAll(() => deleteIndexedDbRuntimeStore("my-app"));

test("the page of the README reaches its store in a worker, and gives its bytes up", async () => {
  const { save, store } = await import("./in-worker.ts");
  const snapshot = conversation(sessionId(1), "hello");
  const saved = save(snapshot);
  expect(snapshot.byteLength).toBe(0);
  await saved;
  const loaded = await store.sessions.load(sessionId(1));
  expect(readSession(loaded ?? new Uint8Array()).id).toBe(sessionId(1));
  await store.close();
});
