import axe from "axe-core";
import { exportArchive } from "burrow-store/archive";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { createMemoryRuntimeStore } from "burrow-store/memory";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BurrowStore } from "../../src/index.ts";
import { converse } from "./conversations.ts";
import { Mounted } from "./mounted.ts";

const NAME = "inspected";
const OTHER = "inspected too";
let store: BurrowStore;
let mounted: Mounted;

beforeEach(async () => {
  store = await openIndexedDbRuntimeStore({ name: NAME });
  await converse(store, "trip", ["Plan a weekend", "And the weather?"]);
  await converse(store, "sums", ["What is 2 + 2?"]);
  await store.persistRuntimeState("trip", "running");
  mounted = new Mounted(store);
});

afterEach(async () => {
  mounted.remove();
  await store.close();
  await deleteIndexedDbRuntimeStore(NAME);
  await deleteIndexedDbRuntimeStore(OTHER);
});

test("shows the runtimes, and of the open one its state, receipts, inputs and operations", async () => {
  await mounted.sees("sums", "trip");
  mounted.inspector.show("trip");
  await mounted.sees("running", "revision 2", "8 messages", "sequence 0 · 4 messages · 1 input");
  await mounted.click("Inputs");
  await mounted.sees("And the weather?", "consumed");
  await mounted.click("Operations");
  await mounted.sees("No background operations");
});

test("shows one receipt in full beside its conversation, and confirms its digest", async () => {
  mounted.inspector.show("trip", 1);
  await mounted.sees("Receipt of revision 1", "calls look_up", "failed call_1", "Thinking", "image: image/png, 3 B");
  await mounted.seesNot("And the weather?");
  await mounted.click("Recompute the digest");
  await mounted.sees("these messages are what was committed");
  await mounted.click("Show 4 later messages too");
  await mounted.sees("And the weather?");
});

test("sees what other tabs commit, at once", async () => {
  const elsewhere = await openIndexedDbRuntimeStore({ name: NAME });
  mounted.inspector.show("trip");
  await mounted.sees("8 messages");
  await converse(elsewhere, "trip", ["Third"]);
  await mounted.sees("revision 3", "12 messages");
  await converse(elsewhere, "new one", ["First"]);
  await mounted.sees("new one");
  await elsewhere.deleteRuntime("trip");
  await mounted.seesNot("revision 3");
  await elsewhere.close();
});

test("verifies one runtime, and all", async () => {
  await mounted.click("Verify all");
  await mounted.sees("all well", "Verified 2 runtimes: what is stored is what was committed.");
  await mounted.click("Close");
  await mounted.seesNot("all well");
  await mounted.click("Verify");
  await mounted.sees("Verified 1 runtime");
});

test("deletes a runtime only after asking", async () => {
  mounted.inspector.show("trip");
  await mounted.click("Delete…");
  await mounted.sees("Delete this runtime?");
  await mounted.click("Close");
  expect(await store.loadRuntimeHead("trip")).toBeDefined();
  await mounted.click("Delete…");
  await mounted.click("Delete");
  await mounted.seesNot("trip");
  expect(await store.loadRuntimeHead("trip")).toBeUndefined();
});

describe("archives", () => {
  test("are written into a file that can be saved", async () => {
    await mounted.click("Export all");
    await mounted.sees("Save the file");
    const link = mounted.one<HTMLAnchorElement>("a[download]");
    expect(new Uint8Array(await (await fetch(link.href)).arrayBuffer())).toEqual(await exportArchive(store));
  });

  test("are reported on before anything is written, and then imported", async () => {
    const archive = await exportArchive(store);
    await store.deleteRuntime("sums");
    await converse(store, "trip", ["Something else"]);
    const before = await store.dumpRuntime("trip");
    drop(new File([archive], "mine.ndjson"));
    await mounted.sees("mine.ndjson", "Nothing is written yet", "is here with other content", "Leave what is here");
    expect(await store.dumpRuntime("trip")).toEqual(before);
    await mounted.click("Import 2 runtimes");
    await mounted.sees("Done", "was left as it is here");
    expect(await store.dumpRuntime("trip")).toEqual(before);
  });

  test("that are damaged give the runtimes that are whole", async () => {
    const archive = await exportArchive(store);
    const text = new TextDecoder().decode(archive).replace("Plan a weekend", "Plan a weekenD");
    await store.deleteRuntime("sums");
    drop(new File([text], "damaged.ndjson"));
    await mounted.sees("The file is damaged");
    drop(new File(["no archive"], "none.ndjson"));
    await mounted.sees("invalid_archive", "Choose another file");
  });
});

test("opens another database of the origin by name, and makes none", async () => {
  const other = await openIndexedDbRuntimeStore({ name: OTHER });
  await converse(other, "elsewhere", ["Hello"]);
  await mounted.click("Other database…");
  await mounted.click(OTHER);
  await mounted.sees("elsewhere", "Back to the app’s store");
  await mounted.click("Back to the app’s store");
  await mounted.sees("sums");
  await mounted.click("Other database…");
  await mounted.sees("Its name");
  mounted.one<HTMLInputElement>("dialog input").value = "nowhere";
  await mounted.click("Open");
  await mounted.sees("There is no store “nowhere” here");
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain("nowhere");
  await other.close();
});

test("what the host asks for is shown in the host's own store", async () => {
  const other = await openIndexedDbRuntimeStore({ name: OTHER });
  await converse(other, "elsewhere", ["Hello"]);
  await other.close();
  await mounted.click("Other database…");
  await mounted.click(OTHER);
  await mounted.sees("elsewhere");
  mounted.inspector.show("trip", 2);
  await mounted.sees("Receipt of revision 2");
  await mounted.seesNot("elsewhere");
});

test("names a damaged runtime, verifies it and can be rid of it; the others are shown", async () => {
  const database = await request(indexedDB.open(NAME));
  const heads = database.transaction("runtime_heads", "readwrite").objectStore("runtime_heads");
  const head = (await request(heads.get("sums"))) as object;
  await request(heads.put({ ...head, revision: 7 }));
  database.close();
  mounted.remove();
  mounted = new Mounted(store);
  await mounted.sees("corrupt_record", "trip", "8 messages");
  await mounted.click("Verify all");
  await mounted.sees("damaged_row", "Verified 2 runtimes: 1 damaged.");
  await mounted.click("Close");
  await mounted.click("Delete…");
  await mounted.click("Delete");
  await mounted.seesNot("corrupt_record");
  expect((await store.listRuntimes()).map(({ runtime_id }) => runtime_id)).toEqual(["trip"]);
});

test("shows the catalog of sessions and the storage report", async () => {
  await mounted.click("Sessions");
  await mounted.sees("Plan a weekend", "tokens");
  await mounted.click("Close");
  await mounted.click("Storage");
  await mounted.sees("Used by this site", "Kept by the browser", "2 runtimes");
});

test("tells a failure by its code and what to do", async () => {
  await mounted.sees("sums");
  await store.close();
  await mounted.click("Verify all");
  await mounted.sees("database_closed", "Reload the page");
});

test("leaves nothing behind when it is unmounted", async () => {
  await mounted.sees("sums");
  const { length } = document.body.children;
  mounted.inspector.unmount();
  expect(document.body.children.length).toBe(length);
  expect(document.body.textContent).not.toContain("Runtimes");
});

describe("is accessible", () => {
  const check = async (): Promise<void> => {
    const { violations } = await axe.run(document.body, {
      rules: { region: { enabled: false }, "page-has-heading-one": { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  };

  test("with a receipt open", async () => {
    mounted.inspector.show("trip", 1);
    await mounted.sees("Receipt of revision 1", "calls look_up");
    await check();
  });

  test.each(["Inputs", "Operations"])("in the tab %s", async (tab) => {
    await mounted.sees("sums");
    await mounted.click(tab);
    await check();
  });

  test.each(["Sessions", "Storage", "Other database…", "Verify all", "Export all", "Delete…"])(
    "in the dialog %s",
    async (name) => {
      await mounted.sees("sums");
      await mounted.click(name);
      await mounted.sees("Close");
      await check();
    },
  );

  test("with nothing stored", async () => {
    mounted.remove();
    const empty = createMemoryRuntimeStore();
    const mountedEmpty = new Mounted(empty);
    await mountedEmpty.sees("Nothing is stored yet");
    await check();
    mountedEmpty.remove();
  });
});

test("the keyboard goes through the receipts", async () => {
  for (let n = 0; n < 30; n++) await converse(store, "sums", [`What is ${n} + ${n}?`]);
  mounted.inspector.show("sums");
  // The head tells of the last commit before the list does.
  await mounted.sees("revision 31", "sequence 0 · 124 messages");
  const rows = (): HTMLElement[] => mounted.all(".detail, .windowed li[data-row] .receipt .row");
  mounted.one<HTMLButtonElement>("[role=tabpanel] .windowed [data-row='0'] .row").focus();
  const press = (key: string): void => {
    mounted.root.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  };
  press("End");
  await mounted.sees("revision 1 ");
  expect(mounted.root.activeElement?.textContent).toContain("revision 1");
  expect(rows().length).toBeLessThan(31);
  press("ArrowUp");
  await expect.poll(() => mounted.root.activeElement?.textContent).toContain("revision 2");
  press("Home");
  await expect.poll(() => mounted.root.activeElement?.textContent).toContain("revision 31");
});

function request<T>(of: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    of.onsuccess = () => resolve(of.result);
    of.onerror = () => reject(of.error ?? new Error("the request failed"));
  });
}

function drop(file: File): void {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  mounted
    .one(".inspector")
    .dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}
