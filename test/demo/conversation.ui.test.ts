import { expect, test, vi } from "vitest";
import { acceptPrompt } from "../../demo/agent.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { openDemo, storeWithoutSample } from "./demo-page.ts";

test("the first visit finds a sample conversation, labelled as such", async () => {
  const { page, started } = openDemo(createMemoryRuntimeStore());
  await started;
  expect(page.texts(".conversations .badge")).toEqual(["sample"]);
  expect(page.one(".conversations .facts").textContent).toMatch(/^revision 3 · 12 messages · [\d.]+ K?B · /);
  expect(page.texts(".boundary")).toHaveLength(3);
  expect(page.texts(".draft li")).toEqual([]);
});

test("a message shows only once it is stored, and its turn only as far as it is run", async () => {
  const store = await storeWithoutSample();
  const { page, started } = openDemo(store, 200);
  await started;
  const persist = store.persistInputState.bind(store);
  let letThrough = (): void => undefined;
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  vi.spyOn(store, "persistInputState").mockImplementation(async (...given) => held.then(() => persist(...given)));

  page.write("What is 6 * 7?");
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(page.texts(".speech")).toEqual([]);
  expect(page.one<HTMLTextAreaElement>("textarea").value).toBe("What is 6 * 7?");

  letThrough();
  await vi.waitFor(() => {
    expect(page.texts(".draft .badge")).toEqual(["accepted and stored; its turn is being run"]);
  });
  expect(page.one<HTMLTextAreaElement>("textarea").value).toBe("");
  expect(page.texts(".boundary")).toEqual([]);

  await vi.waitFor(() => {
    expect(page.texts(".boundary")).toHaveLength(1);
  });
  expect(page.texts(".messages li").slice(0, -1)).toEqual([
    "YouWhat is 6 * 7?",
    'calls calculator({"argument":"6 * 7"})',
    "result 42",
    "Agent6 * 7 = 42.",
  ]);
  expect(page.one("#conversation-title").textContent).toBe("What is 6 * 7?");
});

test("a message that an earlier page left behind is recovered, run, and committed once", async () => {
  const store = await storeWithoutSample();
  await acceptPrompt(store, "left behind", "Roll 2d6");
  const { page, started } = openDemo(store, 200);
  await vi.waitFor(() => {
    expect(page.texts(".draft .badge")).toEqual([
      "recovered: this message was accepted before the page went away; its turn is being run now",
    ]);
  });
  await started;
  expect(page.texts(".draft li")).toEqual([]);
  expect(page.texts(".boundary")).toEqual([expect.stringMatching(/^committed after recovery · revision 1 · /)]);
  expect(await store.listBoundaryReceipts("left behind")).toHaveLength(1);
});

test("a message that could not be stored stays in the field, and the page says why", async () => {
  const store = await storeWithoutSample();
  const { page, started } = openDemo(store);
  await started;
  await store.close();
  page.write("hello");
  await vi.waitFor(() => {
    expect(page.one("[role=alert] strong").textContent).toBe("database_closed");
  });
  expect(page.one("[role=alert]").textContent).toContain("Reload the page.");
  expect(page.one<HTMLTextAreaElement>("textarea").value).toBe("hello");
});

test("a turn that fails is tried again when the visitor says so", async () => {
  const store = await storeWithoutSample();
  const { page, started } = openDemo(store);
  await started;
  vi.spyOn(store, "commitSessionBoundary").mockRejectedValueOnce(new Error("no room"));
  page.write("hello");
  await vi.waitFor(() => {
    expect(page.one("[role=alert]").textContent).toContain("no room");
  });
  page.button("Try again").click();
  await vi.waitFor(() => {
    expect(page.texts(".boundary")).toHaveLength(1);
  });
  expect(page.texts("[role=alert]")).toEqual([]);
});

test("the reload button reloads the page", async () => {
  const { page, started } = openDemo(await storeWithoutSample());
  await started;
  page.button("Reload the page").click();
  expect(page.reload).toHaveBeenCalledOnce();
});

test("the address says which conversation is open, and a link opens another", async () => {
  const { page, started } = openDemo(createMemoryRuntimeStore());
  await started;
  page.button("New").click();
  await vi.waitFor(() => {
    expect(page.texts(".conversations .title")).toHaveLength(2);
  });
  expect(page.one("[aria-current] .title").textContent).toBe("New conversation");
  const [opened] = page.all(".conversations a[aria-current]");
  expect(opened?.getAttribute("href")).toBe(location.hash);

  location.hash = "#sample";
  await vi.waitFor(() => {
    expect(page.one("[aria-current]").getAttribute("href")).toBe("#sample");
  });
  expect(page.texts(".boundary")).toHaveLength(3);
});

test("a conversation is deleted only after a yes, with its session when that is asked for", async () => {
  const store = createMemoryRuntimeStore();
  location.hash = "";
  const { page, started } = openDemo(store);
  await started;
  page.button("Delete…").click();
  page.button("Keep it").click();
  expect(page.texts("dialog")).toEqual([]);
  expect(await store.listRuntimes()).toHaveLength(1);

  page.button("Delete…").click();
  page.one<HTMLInputElement>("#with-sessions").checked = true;
  page.button("Delete").click();
  await vi.waitFor(() => {
    expect(page.texts(".conversations .title")).toEqual([]);
  });
  expect(await store.listRuntimes()).toEqual([]);
  expect(await store.sessions.list()).toEqual([]);
  expect(page.button("Delete…").disabled).toBe(true);
});
