import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import type { BurrowStore, RuntimeChange } from "burrow-store";
import { afterEach, expect, test, vi } from "vitest";

const NAME = "other stores";
const CHANNEL = `burrow-store ${NAME}`;

afterEach(async () => {
  vi.unstubAllGlobals();
  await deleteIndexedDbRuntimeStore(NAME);
});

function heardBy(store: BurrowStore): RuntimeChange[] {
  const heard: RuntimeChange[] = [];
  store.subscribe((change) => heard.push(change));
  return heard;
}

const messagesArrive = () => new Promise((resolve) => setTimeout(resolve, 50));

test("stores of two databases of one name hear nothing of each other", async () => {
  const open = (indexedDB?: IDBFactory) => openIndexedDbRuntimeStore({ name: NAME, indexedDB });
  const [here, beside, elsewhere] = [await open(), await open(), await open(new IDBFactory())];
  const [heardBeside, heardElsewhere] = [heardBy(beside), heardBy(elsewhere)];
  await here.persistRuntimeState("agent", "idle");
  await messagesArrive();
  expect(heardBeside).toHaveLength(1);
  expect(heardElsewhere).toEqual([]);
  await Promise.all([here.close(), beside.close(), elsewhere.close()]);
});

test("what other code posts under the channel's name is no change", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  const heard = heardBy(store);
  const foreign = new BroadcastChannel(CHANNEL);
  const message = { runtimeId: "agent", kind: "boundary", revision: 1 };
  for (const posted of [null, 1, "boundary", [], {}, message, { message }, { identity: 1, message }]) {
    foreign.postMessage(posted);
  }
  await messagesArrive();
  foreign.close();
  expect(heard).toEqual([]);
  await store.close();
});

test("a store has one channel, which is gone when it is closed, or was never opened", async () => {
  const open = new Set<object>();
  class CountedChannel extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      open.add(this);
    }

    override close(): void {
      open.delete(this);
      super.close();
    }
  }
  vi.stubGlobal("BroadcastChannel", CountedChannel);
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  store.subscribe(() => undefined);
  await store.persistRuntimeState("agent", "idle");
  expect([...open].map((channel) => (channel as BroadcastChannel).name)).toEqual([CHANNEL]);
  await store.close();
  expect(open.size).toBe(0);
  const broken = { open: () => expect.fail("no"), databases: () => Promise.resolve([]) } as unknown as IDBFactory;
  await expect(openIndexedDbRuntimeStore({ name: NAME, indexedDB: broken })).rejects.toThrow();
  expect(open.size).toBe(0);
});

test("where nothing can be posted, everything else goes on", async () => {
  vi.stubGlobal("BroadcastChannel", undefined);
  const mute = await openIndexedDbRuntimeStore({ name: NAME });
  class BrokenChannel extends EventTarget {
    postMessage() {
      throw new DOMException("closed", "InvalidStateError");
    }
    close = () => undefined;
  }
  vi.stubGlobal("BroadcastChannel", BrokenChannel);
  const broken = await openIndexedDbRuntimeStore({ name: NAME });
  for (const store of [mute, broken]) {
    const heard = heardBy(store);
    await store.persistRuntimeState("agent", "idle");
    expect(heard).toHaveLength(1);
    await store.close();
  }
});

test("without Web Locks no runtime can be acquired, and the error says so", async () => {
  const store = await openIndexedDbRuntimeStore({ name: NAME });
  vi.stubGlobal("navigator", undefined);
  await expect(store.acquireRuntime("agent")).rejects.toMatchObject({ code: "unsupported" });
  const refusal = new DOMException("an opaque origin", "SecurityError");
  vi.stubGlobal("navigator", { locks: { request: () => Promise.reject(refusal) } });
  await expect(store.acquireRuntime("agent")).rejects.toMatchObject({ code: "unsupported", cause: refusal });
  await store.close();
});
