import { type BurrowStore, RuntimeStoreError, type RuntimeChange } from "burrow-store";
import { connectRuntimeStore, transfer } from "burrow-store/host";
import { createMemoryRuntimeStore } from "burrow-store/memory";
import { expect, test, vi } from "vitest";
import { wasmMemory } from "../../src/conformance/platform-buffers.ts";
import {
  boundary,
  conversation,
  delta,
  eventInputState,
  inputState,
  sessionId,
  wrong,
} from "../../src/conformance/samples.ts";
import { hosted, withMethods } from "./hosted.ts";

const BODY = conversation(sessionId(1), "hello");
const saying = (bytes: Uint8Array) => boundary({ sessionDelta: delta(bytes) });

test("a snapshot that is given up moves, and is detached before the call returns", async () => {
  const { client, store } = await hosted();
  const saves: ((bytes: Uint8Array) => Promise<unknown>)[] = [
    (bytes) => client.commitSessionBoundary("r", saying(bytes)),
    (bytes) => client.sessions.save(bytes),
  ];
  for (const save of saves) {
    const bytes = BODY.slice();
    const saved = save(transfer(bytes));
    expect(bytes.byteLength).toBe(0);
    await saved;
  }
  expect(await store.loadSessionSnapshot("r")).toEqual(BODY);
});

test("one that is not given up is left whole, and so is one that cannot move", async () => {
  const { client, store } = await hosted();
  const memory = new Uint8Array(wasmMemory()?.buffer ?? new ArrayBuffer(0));
  memory.set(BODY);
  const part = new Uint8Array(BODY.length + 1);
  part.set(BODY);
  const shared = new Uint8Array(new SharedArrayBuffer(BODY.length));
  shared.set(BODY);
  const kept = [
    BODY.slice(),
    transfer(memory.subarray(0, BODY.length)),
    transfer(part.subarray(0, -1)),
    transfer(shared),
  ];
  for (const [n, bytes] of kept.entries()) {
    await client.commitSessionBoundary(`r${n}`, saying(bytes));
    expect(bytes).toEqual(BODY);
    expect(await store.loadSessionSnapshot(`r${n}`)).toEqual(BODY);
  }
});

test("what was given up to a call is not given up to the next", async () => {
  const { client } = await hosted();
  const bytes = transfer(new Uint8Array(8)); // no session
  await expect(client.sessions.save(bytes)).rejects.toMatchObject({ code: "invalid_snapshot" });
  await expect(client.sessions.save(bytes)).rejects.toMatchObject({ code: "invalid_input" });
});

test("what is returned moves: no copy is made of it", async () => {
  const answers: Uint8Array<ArrayBuffer>[] = [];
  const store = createMemoryRuntimeStore();
  const { client } = await hosted(
    withMethods(store, {
      loadSessionSnapshot: async (runtimeId) => {
        const bytes = await store.loadSessionSnapshot(runtimeId);
        if (bytes) answers.push(bytes);
        return bytes;
      },
      loadRuntime: async (runtimeId) => {
        const runtime = await store.loadRuntime(runtimeId);
        if (runtime.sessionSnapshot) answers.push(runtime.sessionSnapshot);
        return runtime;
      },
      dumpRuntime: async (runtimeId) => {
        const dump = await store.dumpRuntime(runtimeId);
        if (dump?.session_snapshot) answers.push(dump.session_snapshot);
        if (dump?.catalog_snapshot) answers.push(dump.catalog_snapshot);
        return dump;
      },
    }),
  );
  await client.commitSessionBoundary("r", saying(BODY));
  await client.sessions.save(conversation(sessionId(1), "saved since"));
  expect(await client.loadSessionSnapshot("r")).toEqual(BODY);
  expect((await client.loadRuntime("r")).sessionSnapshot).toEqual(BODY);
  expect((await client.dumpRuntime("r"))?.session_snapshot).toEqual(BODY);
  expect(answers.map((bytes) => bytes.byteLength)).toEqual([0, 0, 0, 0]);
});

test("a snapshot is copied once on its way, and no more", async () => {
  const { client, ports } = await hosted();
  const post = vi.spyOn(ports[1], "postMessage");
  await client.commitSessionBoundary("r", saying(BODY));
  const [, options] = post.mock.calls[0] as unknown as [unknown, { transfer: ArrayBuffer[] }];
  expect(options.transfer).toHaveLength(1);
  expect(options.transfer[0]?.byteLength).toBe(0);
});

test("an error arrives with all of its members", async () => {
  const standing = { runtime_id: "r", revision: 3, conversation_digest: "d" };
  const error = new RuntimeStoreError("database_wiped", "gone", {
    cause: new DOMException("the browser's own", "QuotaExceededError"),
    head: { runtime_id: "r", revision: 2 },
    receipt: { run_id: "run", sequence: 1, message_count: 2 },
    row: { table: "runtime_heads", key: ["r", 1] },
    path: "a[0].b",
    byteOffset: 7,
    storage: { usage: 1, quota: 2 },
    loss: { code: "database_wiped", database: "d", runtimes: [{ acknowledged: standing, stored: undefined }] },
  });
  const { client } = await hosted(
    withMethods(createMemoryRuntimeStore(), { loadRuntime: () => Promise.reject(error) }),
  );
  const rejection = await client.loadRuntime("r").catch((reason: unknown) => reason);
  expect(rejection).toBeInstanceOf(RuntimeStoreError);
  const received = rejection as RuntimeStoreError;
  expect(received.toJSON()).toEqual(error.toJSON());
  expect(received.kind).toBe("read_failed");
  expect(received.message).toBe(error.message);
  expect(received.cause).toMatchObject({ name: "QuotaExceededError", message: "the browser's own" });
});

test("an error that is no store's keeps its name and message, also one that cannot be posted", async () => {
  const reasons: Error[] = [
    new TypeError("a fault"),
    Object.assign(new Error("with a function"), { hint: () => 1 }),
    wrong("text"),
    wrong(undefined),
    wrong(Symbol("s")),
  ];
  for (const reason of reasons) {
    const store = withMethods(createMemoryRuntimeStore(), { loadRuntime: () => Promise.reject(reason) });
    const { client } = await hosted(store);
    const { name, message } = reason instanceof Error ? reason : { name: "Error", message: String(reason) };
    await expect(client.loadRuntime("r")).rejects.toMatchObject({ name, message });
  }
});

test("an answer that cannot be posted is an error, and the connection goes on", async () => {
  const odd = withMethods(createMemoryRuntimeStore(), { loadRuntime: () => Promise.resolve(wrong(() => 1)) });
  const { client } = await hosted(odd);
  await expect(client.loadRuntime("r")).rejects.toMatchObject({ name: "RuntimeStoreError", code: "unsupported" });
  expect(await client.listRuntimes()).toEqual([]);
});

test("a damaged row in a list is marked as the store marks it", async () => {
  const corrupt = new RuntimeStoreError("corrupt_record", "damaged", { row: { table: "runtime_heads", key: ["s"] } });
  const lookalike = { ...inputState(1), corrupt: { ...corrupt.toJSON() } };
  const { client } = await hosted(
    withMethods(createMemoryRuntimeStore(), {
      listInputStates: () => Promise.resolve(wrong([lookalike, { corrupt }])),
    }),
  );
  const [sound, marked, ...rest] = await client.listInputStates("r", { onCorrupt: "mark" });
  expect(sound).toEqual(lookalike);
  expect(marked).toEqual({ corrupt });
  expect((marked as { corrupt: RuntimeStoreError }).corrupt).toBeInstanceOf(RuntimeStoreError);
  expect(rest).toEqual([]);
});

const throwing = (): object =>
  Object.defineProperty({}, "member", {
    enumerable: true,
    get: () => {
      throw new Error("the getter's own");
    },
  });
class Point {
  readonly x = 1;
}
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

test.each([
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["an instance of a class", new Point()],
  ["a getter that throws", throwing()],
  ["a revoked proxy", revoked],
  ["a promise", Promise.resolve()],
  ["a member named by a symbol", { [Symbol("s")]: 1 }],
  ["a hidden member", Object.defineProperty({}, "hidden", { value: 1 })],
  ["a hole", new Array(2)],
  ["a named member of an array", Object.assign([1], { named: 1 })],
  ["a Map with a member of its own", Object.assign(new Map(), { own: 1 })],
  ["a Buffer", Buffer.from("b")],
])("%s in a record is refused by its path, as by the store itself", async (_, payload) => {
  const { client, store } = await hosted();
  const state = eventInputState(1, { payload });
  const refusal = async (of: BurrowStore): Promise<unknown> =>
    of.persistInputState("r", state).catch((error: unknown) => (error as RuntimeStoreError).toJSON());
  const [there, here] = [await refusal(store), await refusal(client)];
  expect(here).toMatchObject({
    code: "invalid_input",
    path: expect.stringMatching(/^state\.persisted_input/) as string,
  });
  expect(here).toEqual(there);
});

test("what the store does not read of an argument does no harm, and what it reads may be of any kind of object", async () => {
  const { client, store } = await hosted();
  class Turn {
    get sessionDelta() {
      return delta(BODY);
    }
    readonly runId = boundary().runId;
    readonly boundary = "run_start";
    readonly contributingInputIds = [];
    readonly inputUpdates = [];
    readonly onCommitted = () => undefined;
  }
  await client.commitSessionBoundary("r", new Turn());
  await client.commitSessionBoundary("r", new Proxy(boundary(), {}));
  await client.persistInputState("r", new Proxy(inputState(1), {}));
  expect((await store.loadRuntime("r")).revision).toBe(2);
});

test("a change is told as made here to the client that made it alone", async () => {
  const store = createMemoryRuntimeStore();
  const first = await hosted(store);
  const second = await hosted(store);
  const sharing = await connectRuntimeStore(first.ports[1]);
  const heard: Record<string, RuntimeChange["origin"][]> = { first: [], second: [], sharing: [], itself: [] };
  for (const [name, of] of Object.entries({ first: first.client, second: second.client, sharing, itself: store })) {
    of.subscribe(({ origin }) => heard[name]?.push(origin));
  }
  await first.client.persistRuntimeState("r", "idle");
  await (await second.client.acquireRuntime("r")).persistRuntimeState("r", "idle");
  await sharing.commitSessionBoundary("r", boundary());
  await store.persistRuntimeState("r", "running");
  for (const client of [first.client, second.client, sharing]) await client.listRuntimes();
  expect(heard).toEqual({
    first: ["here", "elsewhere", "elsewhere", "elsewhere"],
    second: ["elsewhere", "here", "elsewhere", "elsewhere"],
    sharing: ["elsewhere", "elsewhere", "here", "elsewhere"],
    itself: ["here", "here", "here", "here"],
  });
});

test("while two clients write one runtime, neither takes a change of it for its own", async () => {
  let tell: (change: RuntimeChange) => void = () => undefined;
  const store = withMethods(createMemoryRuntimeStore(), {
    subscribe: (listener) => {
      const before = tell;
      tell = (change) => [before, listener].forEach((hear) => hear(change));
      return () => undefined;
    },
    persistRuntimeState: () => new Promise(() => undefined),
  });
  const [first, second] = [await hosted(store), await hosted(store)];
  const heard: string[] = [];
  for (const { client } of [first, second]) {
    client.subscribe(({ runtimeId, origin }) => heard.push(`${runtimeId} ${origin}`));
    client.persistRuntimeState("r", "idle").catch(() => undefined);
    await client.listRuntimes();
  }
  tell({ runtimeId: "r", kind: "lifecycle", revision: 0, origin: "here" });
  await Promise.all([first.client.listRuntimes(), second.client.listRuntimes()]);
  expect(heard).toEqual(["r elsewhere", "r elsewhere"]);
});

test("a listener that throws harms nobody, and its error is reported", async () => {
  const reported: unknown[] = [];
  vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
  const { client } = await hosted();
  client.subscribe(() => {
    throw new Error("the listener's own");
  });
  const heard: unknown[] = [];
  client.subscribe((change) => heard.push(change));
  await client.persistRuntimeState("r", "idle");
  expect(heard).toHaveLength(1);
  expect(reported).toMatchObject([{ message: "the listener's own" }]);
  vi.unstubAllGlobals();
});

test("a lease that is granted to a call which was aborted meanwhile is given back", async () => {
  const store = createMemoryRuntimeStore();
  const waiting = new AbortController();
  const { client } = await hosted(
    withMethods(store, {
      acquireRuntime: async (runtimeId) => {
        const lease = await store.acquireRuntime(runtimeId);
        waiting.abort("enough"); // before its answer is posted
        return lease;
      },
    }),
  );
  await expect(client.acquireRuntime("r", { signal: waiting.signal })).rejects.toBe("enough");
  await (await store.acquireRuntime("r")).release();
});
