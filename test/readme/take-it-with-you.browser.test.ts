import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { promptInput, queuedInputState } from "burrow-store/records";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => deleteIndexedDbRuntimeStore("my-app"));

test("what was saved is restored as it was, and of a damaged file what is whole", async () => {
  const { saved, restored, salvaged } = await import("./take-it-with-you.ts");
  const store = await openIndexedDbRuntimeStore({ name: "my-app" });
  const state = queuedInputState(promptInput("hello"));
  await store.persistInputState("agent", state);
  await store.persistRuntimeState("bare", "idle");
  const file = await saved();
  expect((await restored(file)).runtimes.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged"]);

  await Promise.all([store.deleteRuntime("agent"), store.deleteRuntime("bare")]);
  const damaged = new Blob([(await file.text()).replace('"runtime_state":"idle"', "")]);
  await expect(restored(damaged)).rejects.toMatchObject({ code: "invalid_archive" });
  expect(await salvaged(damaged)).toMatchObject({ runtimes: [{ runtime_id: "agent", outcome: "restored" }] });
  expect(await store.loadInputStates("agent")).toEqual([state]);
  expect(await store.listRuntimes()).toHaveLength(1);
  await store.close();
});
