import axe from "axe-core";
import { exportArchive } from "burrow-store/archive";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { createMemoryRuntimeStore } from "burrow-store/memory";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apply, receipt } from "../../src/conformance/samples.ts";
import type { BurrowStore } from "../../src/index.ts";
import { eventually } from "../eventually.ts";
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
  vi.restoreAllMocks();
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
  mounted.button("Delete…").focus();
  await mounted.click("Delete…");
  await mounted.click("Delete");
  await mounted.sees("trip is not here", "Runtimes 1");
  expect(await store.loadRuntimeHead("trip")).toBeUndefined();
  await expect.poll(() => mounted.root.activeElement?.id).toBe("runtimes-title");
});

test("an answer that comes late closes no other dialog", async () => {
  const { held, letGo } = latch();
  const remove = store.deleteRuntime.bind(store);
  vi.spyOn(store, "deleteRuntime").mockImplementationOnce(async (...given) => {
    await held;
    await remove(...given);
  });
  await mounted.click("Delete…");
  await mounted.click("Delete");
  await mounted.click("Close");
  await mounted.seesNot("Delete this runtime?");
  await mounted.click("Storage");
  await mounted.sees("Used by this site");
  letGo();
  await mounted.sees("Runtimes 1");
  expect(mounted.one("dialog").textContent).toContain("Used by this site");
});

test("the keyboard is led back to where it came from", async () => {
  mounted.inspector.show("trip");
  await mounted.sees("8 messages");
  for (const dialog of ["Storage", "Other database…"]) {
    const opener = mounted.button(dialog);
    opener.focus();
    opener.click();
    await mounted.click("Close");
    await expect.poll(() => mounted.all("dialog")).toEqual([]);
    expect(mounted.root.activeElement).toBe(opener);
  }
  mounted.one("[role=tabpanel] [data-row='1'] .row").click();
  await mounted.sees("Receipt of revision 1");
  await mounted.click("Inputs");
  mounted.button("Close").focus();
  await mounted.click("Close");
  await expect.poll(() => mounted.root.activeElement?.textContent).toBe("Inputs");
});

describe("archives", () => {
  test("are written into a file that can be saved", async () => {
    await mounted.click("Export all");
    await mounted.sees("Save the file");
    const link = mounted.one<HTMLAnchorElement>("a[download]");
    expect(new Uint8Array(await (await fetch(link.href)).arrayBuffer())).toEqual(await exportArchive(store));
    const revoke = vi.spyOn(URL, "revokeObjectURL");
    await mounted.click("Close");
    await eventually(() => expect(revoke).toHaveBeenCalledWith(link.href));
  });

  test("that cannot be written say why", async () => {
    await mounted.sees("sums");
    await store.close();
    await mounted.click("Export all");
    await mounted.sees("database_closed", "Reload the page");
  });

  test("replace what was named to stand against them, and nothing that has changed since", async () => {
    const archive = await exportArchive(store);
    await converse(store, "trip", ["Something else"]);
    drop(new File([archive], "mine.ndjson"));
    await mounted.sees("1 runtime with other content here");
    await converse(store, "sums", ["What is 3 + 3?"]);
    const sums = await store.dumpRuntime("sums");
    await mounted.press("input[type=radio]:not(:checked)");
    await mounted.click("Import 2 runtimes");
    await mounted.sees("Done: 1 runtime written", "was replaced", "was left as it is here");
    expect(await store.dumpRuntime("sums")).toEqual(sums);
    expect(await store.listBoundaryReceipts("trip")).toHaveLength(2);
  });

  test("are not let go of by a file that is dropped while they are imported; stopping says what is left to do", async () => {
    const archive = await exportArchive(store);
    for (const id of ["trip", "sums"]) await store.deleteRuntime(id);
    const { held, letGo } = latch();
    const restore = store.restoreRuntime.bind(store);
    vi.spyOn(store, "restoreRuntime").mockImplementation(async (dump, options) => {
      if (!options?.dryRun && dump.runtime_id === "trip") await held;
      return restore(dump, options);
    });
    drop(new File([archive], "mine.ndjson"));
    await mounted.click("Import 2 runtimes");
    await eventually(async () => expect(await store.listRuntimes()).toHaveLength(1));
    drop(new File(["no archive"], "none.ndjson"));
    await mounted.click("Stop");
    letGo();
    await mounted.sees("Stopped. What was imported by then is whole", "mine.ndjson", "is here already");
    expect(mounted.text).not.toContain("none.ndjson");
    expect(await store.loadRuntimeHead("sums")).toBeDefined();
    await mounted.click("Close");
    await mounted.seesNot("mine.ndjson");
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
  await mounted.sees("no store of the name “nowhere”");
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain("nowhere");
  await other.close();
});

test("a database that opens after its dialog was closed is let go of, and not shown", async () => {
  const other = await openIndexedDbRuntimeStore({ name: OTHER });
  await other.close();
  await mounted.click("Other database…");
  await mounted.sees(OTHER);
  const connections = connectionsTo(OTHER);
  const { held, letGo } = latch();
  const databases = indexedDB.databases.bind(indexedDB);
  vi.spyOn(indexedDB, "databases").mockImplementationOnce(() => held.then(databases));
  await mounted.click(OTHER);
  await mounted.click("Close");
  await expect.poll(() => mounted.all("dialog")).toEqual([]);
  letGo();
  // One that looks whether there is such a store, and the store.
  await eventually(() => expect(connections.opened).toBeGreaterThanOrEqual(2));
  await eventually(() => expect(connections.open).toBe(0));
  expect(mounted.text).not.toContain("Back to the app’s store");
});

test("a database that is opened again is shown, and its dialog is closed", async () => {
  await openOther();
  await mounted.click("Other database…");
  await mounted.click(OTHER);
  await expect.poll(() => mounted.all("dialog")).toEqual([]);
  await mounted.sees("elsewhere", "Back to the app’s store");
});

test("what the host asks for is shown in the host's own store", async () => {
  await openOther();
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
  await mounted.sees("damaged_row", "Verified 2 runtimes: 1 error.");
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
  const connections = connectionsTo(OTHER);
  await openOther();
  await expect.poll(() => connections.open).toBe(1);
  const { root } = mounted;
  mounted.inspector.unmount();
  expect(root.isConnected).toBe(false);
  expect(root.childNodes).toHaveLength(0);
  await eventually(() => expect(connections.open).toBe(0));
  expect((await store.listRuntimes()).length).toBe(2);
});

describe("of many receipts", () => {
  const list = (): HTMLElement => mounted.one("[role=tabpanel] .windowed");
  /** The revision whose row stands on top of the list, if it is in the page. */
  const topmost = (): number => {
    const { top } = list().getBoundingClientRect();
    const rows = mounted.all("[role=tabpanel] .windowed li");
    const first = rows.find((row) => row.getBoundingClientRect().bottom > top + 2);
    return Number(/revision (\d+)/.exec(first?.textContent ?? "")?.[1]);
  };
  beforeEach(async () => {
    for (let n = 0; n < 60; n++) await store.atomicApply("many", apply({ receipt: receipt({ sequence: n }) }));
  });

  test("shows the one that is asked for in the list too", async () => {
    mounted.inspector.show("many", 20);
    await mounted.sees("Receipt of revision 20");
    await eventually(() => {
      const [row, frame] = [mounted.one("[aria-current=true].row", list()), list()].map((one) =>
        one.getBoundingClientRect(),
      );
      expect(row?.top).toBeGreaterThanOrEqual((frame?.top ?? 0) - 1);
      expect(row?.bottom).toBeLessThanOrEqual((frame?.bottom ?? 0) + 1);
    });
  });

  test("stays at what is looked at when rows become higher, and under a transform", async () => {
    mounted.inspector.show("many");
    await mounted.sees("revision 60", "sequence 59");
    const host = mounted.root.host as HTMLElement;
    list().scrollTop = list().scrollHeight / 2;
    await expect.poll(topmost).toBe(30);
    host.style.zoom = "1.5";
    await expect.poll(topmost).toBe(30);
    host.parentElement?.style.setProperty("transform", "scale(0.5)");
    list().scrollTop = list().scrollHeight / 3;
    await expect.poll(topmost).toBe(40);
  });

  test("opens a tab without moving the page", async () => {
    mounted.inspector.show("many");
    await mounted.sees("sequence 59");
    const before = scrollY;
    await mounted.click("Inputs");
    await mounted.sees("This runtime has no inputs");
    await mounted.click("Receipts");
    await mounted.sees("sequence 59");
    expect(scrollY).toBe(before);
  });
});

test("whoever went by arrow keys to what then goes away is led on; whoever is elsewhere in the page stays there", async () => {
  const field = document.createElement("input");
  document.body.append(field);
  await mounted.sees("sums", "trip");
  mounted.one(".runtimes [data-row='0'] .row").focus();
  const press = new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true });
  mounted.root.activeElement?.dispatchEvent(press);
  await expect.poll(() => mounted.root.activeElement?.textContent).toContain("trip");
  await store.deleteRuntime("trip");
  await expect.poll(() => mounted.root.activeElement?.id).toBe("runtimes-title");

  field.focus();
  drop(new File(["no archive"], "none.ndjson"));
  await mounted.sees("invalid_archive");
  await mounted.click("Close");
  await expect.poll(() => mounted.all("dialog")).toEqual([]);
  await store.persistRuntimeState("sums", "running");
  await mounted.sees("running");
  expect(document.activeElement).toBe(field);
  field.remove();
});

describe("has room and its own style", () => {
  const hosts: Readonly<Record<string, string>> = {
    "a flex row": "display: flex",
    "a flex column that centres": "display: flex; flex-direction: column; align-items: center",
    "a grid that centres": "display: grid; justify-items: center",
    "an inline block": "display: inline-block",
    "an element of absolute position": "position: absolute",
    "an element that fits its content": "width: fit-content",
    "text from right to left in spaced capitals": "direction: rtl; text-transform: uppercase; letter-spacing: 1em",
  };
  test.each(Object.entries(hosts))("in %s", async (_, style) => {
    mounted.remove();
    mounted = new Mounted(store, style);
    const hostile = document.createElement("style");
    hostile.textContent =
      "* { all: unset } div > div { padding: 5rem; max-width: 10rem; border: 1rem solid } button { position: fixed }";
    document.head.append(hostile);
    try {
      await mounted.sees("sums");
      const { width } = mounted.one(".inspector").getBoundingClientRect();
      expect(width).toBeGreaterThan(Math.min(350, innerWidth - 50));
      expect(width).toBeLessThanOrEqual(Math.max(innerWidth, 350));
      const { direction, textTransform, letterSpacing, position } = getComputedStyle(mounted.button("Storage"));
      expect([direction, textTransform, letterSpacing, position]).toEqual(["ltr", "none", "normal", "static"]);
    } finally {
      hostile.remove();
    }
  });
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

  test("in the dialog of an import", async () => {
    const archive = await exportArchive(store);
    await converse(store, "trip", ["Something else"]);
    drop(new File([archive], "mine.ndjson"));
    await mounted.sees("Leave what is here");
    await check();
  });

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

/** Makes another store, and has the inspector open it. */
async function openOther(): Promise<void> {
  const other = await openIndexedDbRuntimeStore({ name: OTHER });
  await converse(other, "elsewhere", ["Hello"]);
  await other.close();
  await mounted.click("Other database…");
  await mounted.click(OTHER);
  await mounted.sees("elsewhere");
}

/** Holds something up until it is let go. */
function latch(): { readonly held: Promise<void>; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { held, letGo };
}

/** Follows this page's connections to a database. */
function connectionsTo(name: string): { opened: number; open: number } {
  const counts = { opened: 0, open: 0 };
  const { open } = IDBFactory.prototype;
  vi.spyOn(IDBFactory.prototype, "open").mockImplementation(function (this: IDBFactory, ...given) {
    const request = open.apply(this, given);
    request.addEventListener("success", () => {
      if (request.result.name !== name) return;
      counts.opened++;
      counts.open++;
    });
    return request;
  });
  const { close } = IDBDatabase.prototype;
  vi.spyOn(IDBDatabase.prototype, "close").mockImplementation(function (this: IDBDatabase) {
    if (this.name === name) counts.open--;
    close.call(this);
  });
  return counts;
}

function drop(file: File): void {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  mounted
    .one(".inspector")
    .dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}
