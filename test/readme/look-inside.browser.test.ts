import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { beforeAll, expect, test } from "vitest";

beforeAll(() => deleteIndexedDbRuntimeStore("my-app"));

test("a key shows what is stored, and hides it again", async () => {
  const store = await openIndexedDbRuntimeStore({ name: "my-app" });
  await store.persistRuntimeState("agent", "idle");
  await import("./look-inside.ts");
  const shown = (): string => [...document.body.children].map(({ shadowRoot }) => shadowRoot?.textContent).join("");
  const press = (key: string): unknown => dispatchEvent(new KeyboardEvent("keydown", { key }));
  press("F9");
  await expect.poll(shown).toContain("agent");
  press("F8");
  expect(shown()).toContain("agent");
  press("F9");
  expect(shown()).toBe("");
  await store.close();
});
