import { expect, test, vi } from "vitest";
import { acceptPrompt, runPendingInputs } from "../../demo/agent.ts";
import { makeSample } from "../../demo/sample.ts";
import { scriptedAgent } from "../../demo/scripted-agent.ts";
import { RuntimeStoreError } from "../../src/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { eventually } from "../eventually.ts";
import { type DemoPage, openDemo, storeWithoutSample } from "./demo-page.ts";
import { DoomedTab } from "./doomed-tab.ts";
import { PacedThinking } from "./paced-thinking.ts";

/** The title of the open conversation, without the id behind it. */
const title = (page: DemoPage): string | undefined =>
  page.one<HTMLSelectElement>("select").selectedOptions[0]?.text.split(" · ", 1)[0];

const waitForBoundaries = (page: DemoPage, count: number): Promise<void> =>
  eventually(() => {
    expect(page.texts(".boundary")).toHaveLength(count);
  });

test("the first visit finds a sample conversation, and the inspector shows it", async () => {
  location.hash = "";
  const { page, started } = openDemo(createMemoryRuntimeStore());
  await started;
  expect(title(page)).toBe("Plan a weekend in Lisbon");
  expect(page.texts(".boundary")).toHaveLength(8);
  expect(page.texts(".tool-step.failed")).toEqual([
    "fails no room with breakfast is left that weekend",
    "fails division by zero",
  ]);
  expect(page.texts(".draft li")).toEqual([]);
  expect(page.texts(".recovery")).toEqual([]);
  expect(page.shown.mock.calls).toEqual([["sample"]]);
});

test("a message shows only once it is stored, and its turn only as far as it is run", async () => {
  const store = await storeWithoutSample();
  const pace = new PacedThinking();
  const { page, started } = openDemo(store, pace.think);
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
  await eventually(() => {
    expect(page.texts(".draft .badge")).toEqual(["accepted and stored; its turn is being run"]);
  });
  expect(page.one(".turn-status").textContent).toBe("Step 1 of the turn is not stored yet.");
  expect(page.one<HTMLTextAreaElement>("textarea").value).toBe("");
  expect(page.texts(".boundary")).toEqual([]);

  pace.allow(2); // its message, and the tool's result
  await waitForBoundaries(page, 1);
  expect(page.one(".turn-status").textContent).toBe("Step 2 of the turn is not stored yet.");
  expect(page.texts(".draft li")).toEqual(["thinking …"]);

  pace.allow(1);
  await waitForBoundaries(page, 2);
  expect(page.texts(".messages li")).toEqual([
    "YouWhat is 6 * 7?",
    "That is a sum. I do not guess: I work it out.",
    'calls calculator({"argument":"6 * 7"})',
    "result 42",
    "committed · revision 1",
    "Agent6 * 7 = 42.",
    "committed · revision 2",
  ]);
  expect(title(page)).toBe("What is 6 * 7?");
});

test("the mark of a commit shows its receipt in the inspector", async () => {
  location.hash = "";
  const { page, started } = openDemo(createMemoryRuntimeStore());
  await started;
  page.button("committed · revision 4").click();
  expect(page.shown).toHaveBeenLastCalledWith("sample", 4);
});

test("a task is sent by its button", async () => {
  const { page, started } = openDemo(await storeWithoutSample());
  await started;
  page.button("3 for 7.50 or 5 for 11.90?").click();
  await waitForBoundaries(page, 2);
  expect(page.texts(".from-agent p")).toEqual([
    "5 for 11.90 is the better offer, and not 3 for 7.50: 2.38 against 2.50 apiece.",
  ]);
});

test("a message that an earlier page left behind is recovered, run, and committed once", async () => {
  const store = await storeWithoutSample();
  await acceptPrompt(store, "left behind", "Roll 2d6");
  const pace = new PacedThinking();
  const { page, started } = openDemo(store, pace.think);
  await eventually(() => {
    expect(page.one(".recovery").textContent).toMatch(
      /^Recovering“Roll 2d6” was accepted and stored at .*Nothing of its turn was committed: it is run now\.$/,
    );
  });
  pace.allow(Infinity);
  await started;
  expect(page.texts(".draft li")).toEqual([]);
  expect(page.texts(".boundary")).toEqual(["committed · revision 1", "committed after recovery · revision 2"]);
  expect(page.one(".recovery").textContent).toMatch(/^Recovered.*It was committed once\. revision 2$/);
  page.button("revision 2").click();
  expect(page.shown).toHaveBeenLastCalledWith("left behind", 2);
  expect(await store.listBoundaryReceipts("left behind")).toHaveLength(2);

  page.write("Thank you");
  await waitForBoundaries(page, 4);
  expect(page.texts(".recovery")).toEqual([]);
});

test("a turn that an earlier page left half done is run on from its last commit", async () => {
  const store = await storeWithoutSample();
  await acceptPrompt(store, "half done", "Plan a weekend in Porto");
  const tab = new DoomedTab(8, "after");
  await Promise.race([runPendingInputs(tab.store(store), "half done", tab.agent(scriptedAgent())), tab.gone]);
  const pace = new PacedThinking();
  const { page, started } = openDemo(store, pace.think);
  await eventually(() => {
    expect(page.one(".recovery").textContent).toContain(
      "Its turn was committed up to sequence 1 of its run, and is run on from there.",
    );
  });
  pace.allow(Infinity);
  await started;
  expect(page.texts(".boundary")).toHaveLength(5);
  expect(page.texts(".from-user")).toHaveLength(1);
});

test("a message that could not be stored stays in the field, and the page says why", async () => {
  const store = await storeWithoutSample();
  const { page, started } = openDemo(store);
  await started;
  await store.close();
  page.write("hello");
  await eventually(() => {
    expect(page.one("[role=alert] strong").textContent).toBe("database_closed");
  });
  expect(page.one("[role=alert]").textContent).toContain("Reload the page");
  expect(page.one<HTMLTextAreaElement>("textarea").value).toBe("hello");
});

test("a new conversation in which nothing was said yet is opened again", async () => {
  const store = await storeWithoutSample();
  const { page, started } = openDemo(store);
  await started;
  const text = page.one("textarea");
  for (const time of [1, 2]) {
    text.blur();
    page.button("New conversation").click();
    await eventually(() => {
      expect(document.activeElement).toBe(text);
    });
    expect(await store.listRuntimes(), `after click ${time}`).toHaveLength(1);
  }
});

test("a failure to read is told until reading works again", async () => {
  const store = await storeWithoutSample();
  const { page, started } = openDemo(store);
  await started;
  vi.spyOn(store, "listRuntimes").mockRejectedValueOnce(new Error("the disk is asleep"));
  await store.persistRuntimeState("other", "idle");
  await eventually(() => {
    expect(page.one("[role=alert]").textContent).toContain("asleep");
  });
  await store.persistRuntimeState("other", "attached");
  await eventually(() => {
    expect(page.texts("[role=alert]")).toEqual([]);
  });
});

test("the runtime is stored as running while a turn is run, and as idle then", async () => {
  const store = await storeWithoutSample();
  const pace = new PacedThinking();
  const { page, started } = openDemo(store, pace.think);
  await started;
  page.write("hello");
  await eventually(async () => {
    expect(await store.loadRuntimeState(page.one<HTMLSelectElement>("select").value)).toBe("running");
  });
  pace.allow(Infinity);
  await eventually(async () => {
    expect(await store.loadRuntimeState(page.one<HTMLSelectElement>("select").value)).toBe("idle");
  });
  expect(page.texts("[role=alert]")).toEqual([]);
});

test("a turn that fails is tried again when the visitor says so", async () => {
  const store = await storeWithoutSample();
  const acquire = store.acquireRuntime.bind(store);
  vi.spyOn(store, "acquireRuntime").mockImplementation(async (...given) => {
    const lease = await acquire(...given);
    vi.spyOn(lease, "commitSessionBoundary").mockRejectedValueOnce(new Error("no room"));
    return lease;
  });
  const { page, started } = openDemo(store);
  await started;
  page.write("hello");
  await eventually(() => {
    expect(page.one("[role=alert]").textContent).toContain("no room");
  });
  page.button("Try again").click();
  await waitForBoundaries(page, 2);
  expect(page.texts("[role=alert]")).toEqual([]);
});

test("the crash button takes the page away", async () => {
  const { page, started } = openDemo(await storeWithoutSample());
  await started;
  page.button("Crash the tab now").click();
  expect(page.crash).toHaveBeenCalledOnce();
});

test("the address says which conversation is open; the list, or another address, opens another", async () => {
  location.hash = "";
  const { page, started } = openDemo(createMemoryRuntimeStore());
  await started;
  page.button("New conversation").click();
  await eventually(() => {
    expect(title(page)).toBe("New conversation");
  });
  const select = page.one<HTMLSelectElement>("select");
  expect(location.hash).toBe(`#${select.value}`);
  expect(page.shown).toHaveBeenLastCalledWith(select.value);
  expect(page.texts(".boundary")).toEqual([]);

  location.hash = "#sample";
  await waitForBoundaries(page, 8);
  expect(select.value).toBe("sample");
  const [created] = [...select.options].filter(({ text }) => text.startsWith("New conversation"));
  select.value = created?.value ?? "";
  select.dispatchEvent(new Event("change"));
  await waitForBoundaries(page, 0);
  expect(location.hash).toBe(`#${created?.value}`);
});

test("a conversation that is damaged is told, and the others can still be opened", async () => {
  location.hash = "";
  const store = createMemoryRuntimeStore();
  await makeSample(store);
  await store.persistRuntimeState("other", "idle");
  const load = store.loadRuntime.bind(store);
  vi.spyOn(store, "loadRuntime").mockImplementation((runtimeId) =>
    runtimeId === "sample" ? Promise.reject(new RuntimeStoreError("corrupt_record", "a row")) : load(runtimeId),
  );
  location.hash = "#sample";
  const { page, started } = openDemo(store);
  await started;
  expect(page.one("[role=alert] strong").textContent).toBe("corrupt_record");
  const select = page.one<HTMLSelectElement>("select");
  expect([...select.options].map(({ value }) => value)).toEqual(["other", "sample"]);
  select.value = "other";
  select.dispatchEvent(new Event("change"));
  await eventually(() => {
    expect(page.shown).toHaveBeenLastCalledWith("other");
  });
  expect(page.texts("[role=alert]")).toEqual([]);
});

test("a conversation that is deleted in mid-turn does not come back", async () => {
  const store = await storeWithoutSample();
  const pace = new PacedThinking();
  const { page, started } = openDemo(store, pace.think);
  await started;
  page.write("Plan a weekend in Porto");
  pace.allow(3); // its message, and the results of two tools
  await waitForBoundaries(page, 1);
  const [head] = await store.listRuntimes();
  await store.deleteRuntime(head?.runtime_id ?? "");
  await eventually(() => {
    expect(title(page)).toBe("None yet");
  });
  pace.allow(Infinity);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await store.listRuntimes()).toEqual([]);
  expect(page.texts("[role=alert]")).toEqual([]);
});
