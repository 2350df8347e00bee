import { expect, test, vi } from "vitest";
import { acceptPrompt } from "../../demo/agent.ts";
import { type BurrowStore, RuntimeStoreError } from "../../src/index.ts";
import { eventually } from "../eventually.ts";
import { type DemoPage, openDemo, storeWithoutSample } from "./demo-page.ts";
import { PacedThinking } from "./paced-thinking.ts";

const RUNTIME = "of two tabs";

const HERE = /^This tab holds the runtime · epoch \d+$/;
const ELSEWHERE = "Another tab holds it: what you send is stored, and run there.";
const TAKEN = "Another tab has taken it over: what you send is stored, and run there.";

const waitForStanding = (page: DemoPage, words: string | RegExp): Promise<void> =>
  eventually(() => {
    expect(page.one(".standing p").textContent).toMatch(words);
  });

/** A store with one conversation, at the address. */
async function storeOfTwoTabs(): Promise<BurrowStore> {
  const store = await storeWithoutSample();
  await store.persistRuntimeState(RUNTIME, "idle");
  location.hash = `#${encodeURIComponent(RUNTIME)}`;
  return store;
}

test("a tab holds the runtime of the open conversation, and its second tab opens the same", async () => {
  const { page, started } = openDemo(await storeOfTwoTabs());
  await started;
  await waitForStanding(page, HERE);
  expect(page.button("Take it over").hidden).toBe(true);
  const link = page.one<HTMLAnchorElement>(".standing a");
  expect([link.getAttribute("href"), link.target, link.rel]).toEqual([location.hash, "_blank", "noopener"]);
});

test("while another tab holds it, a message is stored and not run; when that tab dies, it is run here", async () => {
  const store = await storeOfTwoTabs();
  const other = await store.acquireRuntime(RUNTIME);
  const { page } = openDemo(store);
  await waitForStanding(page, ELSEWHERE);
  page.write("Roll 1d6");
  await eventually(() => {
    expect(page.texts(".draft .badge")).toEqual(["accepted and stored; the tab that holds the runtime runs it"]);
  });
  expect(await store.loadRuntime(RUNTIME)).toMatchObject({ revision: 0, pendingInputs: [{}] });

  await other.release();
  await waitForStanding(page, HERE);
  await eventually(() => {
    expect(page.texts(".boundary")).toHaveLength(2);
  });
});

test("a message that another tab has stored is run by the one that holds the runtime", async () => {
  const store = await storeOfTwoTabs();
  const { page, started } = openDemo(store);
  await started;
  await acceptPrompt(store, RUNTIME, "Roll 1d6");
  await eventually(() => {
    expect(page.texts(".boundary")).toHaveLength(2);
  });
  expect(page.texts(".recovery")).toEqual([]);
});

test("a runtime is taken over from another tab, whose unfinished turn is run here", async () => {
  const store = await storeOfTwoTabs();
  const other = await store.acquireRuntime(RUNTIME);
  await acceptPrompt(store, RUNTIME, "Roll 1d6");
  const { page } = openDemo(store);
  await waitForStanding(page, ELSEWHERE);
  page.button("Take it over").focus();
  page.button("Take it over").click();
  await waitForStanding(page, HERE);
  expect(document.activeElement?.textContent).toBe("Open a second tab");
  expect(other.signal.aborted).toBe(true);
  await eventually(() => {
    expect(page.one(".recovery strong").textContent).toBe("Recovered");
  });
});

test("a tab whose runtime is taken over in mid-turn stops, says so, and goes on once it has it again", async () => {
  const store = await storeOfTwoTabs();
  const pace = new PacedThinking();
  const { page, started } = openDemo(store, pace.think);
  await started;
  page.write("Plan a weekend in Porto");
  pace.allow(3); // its message, and the results of two tools
  await eventually(() => {
    expect(page.texts(".boundary")).toHaveLength(1);
  });
  const thief = await store.acquireRuntime(RUNTIME, { steal: true });
  await waitForStanding(page, TAKEN);
  const { revision } = await store.loadRuntime(RUNTIME);
  pace.allow(Infinity);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await store.loadRuntime(RUNTIME)).toMatchObject({ revision });
  expect(page.texts(".draft li")).toEqual(["waiting …"]);
  expect(page.texts("[role=alert]")).toEqual([]);

  await thief.release();
  await waitForStanding(page, HERE);
  await eventually(() => {
    expect(page.texts(".boundary")).toHaveLength(5);
  });
});

test("a runtime that cannot be acquired is told, and tried again when the visitor says so", async () => {
  const store = await storeOfTwoTabs();
  vi.spyOn(store, "acquireRuntime").mockRejectedValueOnce(new RuntimeStoreError("timed_out", "too busy"));
  const { page, started } = openDemo(store);
  await started;
  expect(page.one("[role=alert] strong").textContent).toBe("timed_out");
  page.button("Try again").click();
  await waitForStanding(page, HERE);
  expect(page.texts("[role=alert]")).toEqual([]);
});

test("without Web Locks turns are run all the same", async () => {
  const store = await storeOfTwoTabs();
  const refusal = new RuntimeStoreError("unsupported", "no Web Locks");
  vi.spyOn(store, "acquireRuntime").mockRejectedValue(refusal);
  const { page, started } = openDemo(store);
  await started;
  await waitForStanding(page, /^No Web Locks here/);
  page.write("Roll 1d6");
  await eventually(() => {
    expect(page.texts(".boundary")).toHaveLength(2);
  });
});
