import { newRunId } from "../../src/index.ts";
import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { type Inspector, mountInspector } from "../../src/inspector/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import { assistantMessage, encodeSession, newSession, userMessage } from "../../src/session/index.ts";

const RECEIPTS_PER_RUN = 100;
const TEXT = "some five hundred bytes of a message ".repeat(13);

/** How long the inspector takes, in milliseconds, of one runtime. */
export interface InspectorTimes {
  /** To have `listBoundaryReceipts` give all receipts, which no inspector can do without. */
  readonly read: number;
  /** From mounting it until the newest receipts can be seen. */
  readonly list: number;
  /** From asking for the newest receipt until its conversation can be seen. */
  readonly open: number;
  /** The longest frame while the list is scrolled through. */
  readonly frame: number;
  /** How many elements it has then. */
  readonly elements: number;
}

/** Stores a runtime with so many receipts, and a session of so many messages of half a kilobyte. */
export async function fill(receipts: number, messages: number): Promise<void> {
  const memory = createMemoryRuntimeStore();
  const conversation = Array.from({ length: messages }, (_, n) =>
    n % 2 === 0 ? userMessage(`${n} ${TEXT}`) : assistantMessage(`${n} ${TEXT}`),
  );
  await memory.commitSessionBoundary("large", {
    sessionDelta: { sessionSnapshot: encodeSession({ ...newSession(), messages: conversation }) },
    runId: newRunId(),
    boundary: "run_start",
    contributingInputIds: [],
    inputUpdates: [],
  });
  const dump = await memory.dumpRuntime("large");
  const last = dump?.receipts[0];
  if (!dump || !last) throw new Error("nothing was committed");
  const runs = Array.from({ length: Math.ceil(receipts / RECEIPTS_PER_RUN) }, newRunId);
  const copies = Array.from({ length: receipts }, (_, n) => ({
    ...last,
    revision: n + 1,
    receipt: {
      ...last.receipt,
      run_id: runs[Math.floor(n / RECEIPTS_PER_RUN)] ?? last.receipt.run_id,
      sequence: n % RECEIPTS_PER_RUN,
      message_count: Math.ceil((messages * (n + 1)) / receipts),
    },
  }));
  const { run_id, sequence } = copies.at(-1)?.receipt ?? last.receipt;
  const store = await openIndexedDbRuntimeStore({ name: "inspector" });
  await store.restoreRuntime({
    ...dump,
    receipts: copies,
    head: { ...dump.head, revision: receipts, run_id, sequence },
  });
  await store.close();
}

/** Has the inspector show the runtime. */
export async function measure(receipts: number): Promise<InspectorTimes> {
  const store = await openIndexedDbRuntimeStore({ name: "inspector" });
  const read = await timeOf(() => store.listBoundaryReceipts("large"));
  let inspector: Inspector | undefined;
  const list = await timeOf(async () => {
    inspector = mountInspector(document.body, store);
    await until(() => shown().querySelector(".receipt") !== null && textOf().includes(`revision ${receipts}`));
  });
  const open = await timeOf(async () => {
    inspector?.show("large", receipts);
    await until(() => shown().querySelector(".transcript") !== null);
  });
  const scroller = shown().querySelector(".runtime .windowed");
  let frame = 0;
  for (let n = 0; scroller && n < 120; n++) {
    scroller.scrollTop += scroller.scrollHeight / 120;
    frame = Math.max(frame, await timeOf(nextFrame));
  }
  const elements = shown().querySelectorAll("*").length;
  inspector?.unmount();
  await store.close();
  return { read, list, open, frame, elements };
}

function shown(): ShadowRoot {
  const root = document.body.lastElementChild?.shadowRoot;
  if (!root) throw new Error("there is no inspector");
  return root;
}

const textOf = (): string => shown().textContent ?? "";

const nextFrame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));

async function until(isThere: () => boolean): Promise<void> {
  while (!isThere()) await nextFrame();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
