import { RuntimeStoreError } from "burrow-store";
import { connectRuntimeStore, hostRuntimeStore } from "burrow-store/host";
import { createMemoryRuntimeStore } from "burrow-store/memory";
import { afterEach, expect, test, vi } from "vitest";
import { boundary } from "../../src/conformance/samples.ts";
import { eventually } from "../eventually.ts";
import { channel, hosted, withMethods } from "./hosted.ts";

const closed = { name: "RuntimeStoreError", code: "database_closed" };

afterEach(() => void vi.useRealTimers());

test("a host that begins to listen after its client is found too", async () => {
  const { port1, port2 } = channel();
  port1.addEventListener("message", () => undefined);
  port1.start(); // What arrives now is lost, as in a worker that awaits something first.
  const connecting = connectRuntimeStore(port2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  hostRuntimeStore(createMemoryRuntimeStore(), port1);
  expect(await (await connecting).listRuntimes()).toEqual([]);
});

test("a store may still be opening, and what opening it rejects with is what connecting rejects with", async () => {
  const { port1, port2 } = channel();
  const error = new RuntimeStoreError("schema_from_the_future", "newer code has been here", { path: "x" });
  hostRuntimeStore(Promise.reject(error), port1);
  const rejection: unknown = await connectRuntimeStore(port2).catch((reason: unknown) => reason);
  expect(rejection).toBeInstanceOf(RuntimeStoreError);
  expect((rejection as RuntimeStoreError).toJSON()).toEqual(error.toJSON());
});

test("a host of another version is refused, and so is a client", async () => {
  const { port1, port2 } = channel();
  port1.addEventListener("message", ({ data }: MessageEvent<{ "burrow-store": { connection: string } }>) => {
    const { connection } = data["burrow-store"];
    port1.postMessage({ "burrow-store": { connection, welcome: { version: 99 } } });
  });
  port1.start();
  await expect(connectRuntimeStore(port2)).rejects.toMatchObject({
    code: "unsupported",
    detail: expect.stringContaining("version 99") as string,
  });

  const other = channel();
  hostRuntimeStore(createMemoryRuntimeStore(), other.port1);
  const heard: unknown[] = [];
  other.port2.addEventListener("message", ({ data }) => heard.push(data));
  other.port2.start();
  const say = (message: object): void =>
    other.port2.postMessage({ "burrow-store": { connection: "a client of its own", ...message } });
  say({ hello: { version: 99 } });
  say({ rpc: { t: "q", i: "1", m: "open", a: [{}] } });
  await eventually(() => expect(heard).toHaveLength(2));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(heard).toEqual([
    { "burrow-store": { ready: true } },
    { "burrow-store": { connection: "a client of its own", welcome: { version: 1 } } },
  ]);
});

test("a port at which nobody answers is a typed error", async () => {
  vi.useFakeTimers();
  const connecting = expect(connectRuntimeStore(channel().port2)).rejects.toMatchObject({ code: "timed_out" });
  await vi.advanceTimersByTimeAsync(30_000);
  await connecting;
});

test("what goes over the port besides is left alone, whatever it is", async () => {
  const { client, store, ports } = await hosted();
  const heard: unknown[] = [];
  ports[0].addEventListener("message", ({ data }) => heard.push(data));
  const foreign = [
    null,
    "text",
    7,
    [],
    { t: "q", i: "1", m: "close", a: [] },
    { "burrow-store": null },
    { "burrow-store": {} },
    { "burrow-store": { connection: "unknown", rpc: { t: "q", i: "1", m: "open", a: [] } } },
    { "burrow-store": { connection: "x", rpc: null } },
    { "burrow-store": { connection: "x", hello: null } },
    { "burrow-store": { connection: "x", welcome: null } },
  ];
  for (const message of foreign) for (const port of ports) port.postMessage(message);
  await client.persistRuntimeState("r", "idle");
  expect(await store.loadRuntimeState("r")).toBe("idle");
  expect(heard).toEqual(expect.arrayContaining(foreign));
});

test("only methods of the contract can be called, also by who knows how messages look", async () => {
  const { store, ports } = await hosted();
  const close = vi.spyOn(store, "close");
  const answers = new Map<unknown, unknown>();
  ports[1].addEventListener("message", ({ data }: MessageEvent<{ "burrow-store": { rpc?: { i: unknown } } }>) => {
    const { rpc } = data["burrow-store"];
    if (rpc) answers.set(rpc.i, rpc);
  });
  const say = (message: object): void => ports[1].postMessage({ "burrow-store": { connection: "mine", ...message } });
  say({ hello: { version: 1 } });
  const calls: [string, unknown[]][] = [
    ["close", [{ call: 1, target: 0, args: [] }]],
    ["constructor", [{ call: 2, target: 0, args: [] }]],
    ["toString", []],
    ["__proto__", []],
    ["sessions.constructor", [{ call: 3, target: 0, args: [] }]],
    ["release", [{ call: 4, target: 0, args: [] }]],
    ["listRuntimes", [{ call: 5, target: 9, args: [] }]],
    ["listRuntimes", [null]],
    ["listRuntimes", []],
    ["persistRuntimeState", [{ call: 6, target: 0, args: "no list" }]],
  ];
  for (const [index, [name, args]] of calls.entries()) say({ rpc: { t: "q", i: `call ${index}`, m: name, a: args } });
  say({ rpc: { t: "q", i: "last", m: "listRuntimes", a: [{ call: 7, target: 0, args: [] }] } });
  await eventually(() => expect(answers.get("last")).toMatchObject({ r: { value: [] } }));
  for (const index of calls.keys()) {
    const answer = answers.get(`call ${index}`) as { e?: unknown; r?: { error?: unknown } };
    expect(answer.e ?? answer.r?.error, calls[index]?.[0]).toBeDefined();
  }
  expect(close).not.toHaveBeenCalled();
});

test("closing a client leaves the store, the port and the other clients at work", async () => {
  const { client, store, ports } = await hosted();
  const second = await connectRuntimeStore(ports[1]);
  await client.close();
  await expect(client.listRuntimes()).rejects.toMatchObject(closed);
  expect(() => client.subscribe(() => undefined)).toThrow(expect.objectContaining(closed) as Error);
  await second.persistRuntimeState("r", "idle");
  const third = await connectRuntimeStore(ports[1]);
  expect(await third.loadRuntimeState("r")).toBe("idle");
  await second.close();
  expect(await third.loadRuntimeState("r")).toBe("idle");
  expect(await store.loadRuntimeState("r")).toBe("idle");
});

test("a host that stops serving answers what was asked before, and serves no more", async () => {
  const { client, store, stop } = await hosted();
  const commit = client.commitSessionBoundary("r", boundary());
  const lease = await client.acquireRuntime("s");
  const waiting = client.acquireRuntime("s");
  waiting.catch(() => undefined);
  const last = client.loadRuntime("r");
  await new Promise((resolve) => setTimeout(resolve, 5)); // until it has arrived
  await stop();
  expect((await commit).sequence).toBe(0);
  expect((await last).revision).toBe(1);
  await expect(waiting).rejects.toMatchObject(closed);
  await eventually(() => expect(lease.signal.reason).toMatchObject({ code: "lease_lost" }));
  await eventually(() => expect(client.listRuntimes()).rejects.toMatchObject(closed));
  await client.close();
  await (await store.acquireRuntime("s", { mode: "refuse" })).release();
});

test.each(["client", "host"])("a call that takes its time is answered although the %s ends meanwhile", async (end) => {
  const store = createMemoryRuntimeStore();
  const { client, stop } = await hosted(
    withMethods(store, {
      loadRuntime: async (runtimeId) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return store.loadRuntime(runtimeId);
      },
    }),
  );
  const loaded = client.loadRuntime("r");
  await client.listRuntimes(); // so that it has arrived
  await (end === "client" ? client.close() : stop());
  expect((await loaded).revision).toBe(0);
});

test("a port that is closed under its client fails what is under way: writes may have landed, reads have not", async () => {
  const never = new Promise<never>(() => undefined);
  const slow = withMethods(createMemoryRuntimeStore(), {
    commitSessionBoundary: () => never,
    loadRuntime: () => never,
    verifyRuntime: () => never,
  });
  const { client, ports } = await hosted(slow);
  const lease = await client.acquireRuntime("r");
  const pending = [
    client.commitSessionBoundary("r", boundary()),
    lease.commitSessionBoundary("r", boundary()),
    client.loadRuntime("r"),
    client.verifyRuntime("r", { signal: new AbortController().signal }),
    client.close(),
  ].map((call) =>
    call.then(
      () => "closed",
      (error: unknown) => (error as RuntimeStoreError).code,
    ),
  );
  ports[0].close();
  expect(await Promise.all(pending)).toEqual([
    "outcome_unknown",
    "outcome_unknown",
    "database_closed",
    "database_closed",
    "closed",
  ]);
  expect(lease.signal.reason).toMatchObject({ code: "lease_lost" });
  await lease.release();
  await client.close();
  await expect(client.listRuntimes()).rejects.toMatchObject(closed);
  await expect(lease.listRuntimes()).rejects.toMatchObject(closed);
});

test("what a client held is given back when its port is closed", async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const store = createMemoryRuntimeStore();
  const { client, ports } = await hosted(
    withMethods(store, {
      verifyRuntime: (_, options) => {
        signals.push(options?.signal);
        return new Promise(() => undefined);
      },
    }),
  );
  await client.acquireRuntime("r");
  client.verifyRuntime("r").catch(() => undefined);
  await eventually(() => expect(signals).toHaveLength(1));
  ports[1].close();
  const lease = await store.acquireRuntime("r");
  expect(lease.epoch).toBe(2);
  expect(signals[0]?.aborted).toBe(true);
});
