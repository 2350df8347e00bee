import type { BurrowStore } from "burrow-store";
import { connectRuntimeStore, hostRuntimeStore, transfer } from "burrow-store/host";
import { deleteIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { createMemoryRuntimeStore } from "burrow-store/memory";
import { expect, onTestFinished, test } from "vitest";
import { boundary, conversation, delta, sessionId } from "../../src/conformance/samples.ts";
import { answerAt, give, startWorker } from "./in-worker.ts";

/** How long a death may go unnoticed on a busy machine, in milliseconds. */
const NOTICED = 3_000;

const BODY = conversation(sessionId(1), "hello");

function worker(): Worker {
  const started = startWorker();
  onTestFinished(() => started.terminate());
  return started;
}

/** A client of a durable store in a worker. */
async function inWorker(host: Worker, name: string): Promise<BurrowStore> {
  await deleteIndexedDbRuntimeStore(name);
  const { port1, port2 } = new MessageChannel();
  give(host, { task: "open", name, port: port2 });
  return connectRuntimeStore(port1);
}

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "resolved",
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

test("a worker is a port, also one that opens its store before it serves it", async () => {
  await deleteIndexedDbRuntimeStore("serving worker");
  const host = new Worker(new URL("./serving-worker.ts", import.meta.url), { type: "module" });
  onTestFinished(() => host.terminate());
  const [store, second] = await Promise.all([connectRuntimeStore(host), connectRuntimeStore(host)]);
  await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(BODY) }));
  await store.close();
  expect(await second.loadSessionSnapshot("r")).toEqual(BODY);
});

test("a snapshot that is given up leaves the page, and comes back as it was", async () => {
  const store = await inWorker(worker(), "given up");
  const bytes = BODY.slice();
  const saved = store.sessions.save(transfer(bytes));
  expect(bytes.byteLength).toBe(0);
  await saved;
  expect(await store.sessions.load(sessionId(1))).toEqual(BODY);
});

test("a worker that is terminated fails the calls that it has not answered, and all later ones, at once", async () => {
  const host = worker();
  const store = await inWorker(host, "terminated");
  await store.commitSessionBoundary("r", boundary());
  const lease = await store.acquireRuntime("r");
  const large = conversation(sessionId(1), "x".repeat(20_000_000));
  const commit = codeOf(store.commitSessionBoundary("r", boundary({ sessionDelta: delta(large) })));
  const pending = [commit, codeOf(store.loadRuntime("r")), codeOf(store.acquireRuntime("r")), codeOf(lease.release())];
  const start = performance.now();
  host.terminate();
  expect(await Promise.all(pending)).toEqual(["outcome_unknown", "database_closed", "database_closed", "resolved"]);
  expect(lease.signal.reason).toMatchObject({ code: "lease_lost" });
  expect(await codeOf(store.listRuntimes())).toBe("database_closed");
  await store.close();
  expect(performance.now() - start).toBeLessThan(NOTICED);
});

test("a worker that is terminated in an endless loop is noticed too", async () => {
  const host = worker();
  const store = await inWorker(host, "blocked");
  give(host, { task: "block", name: "" });
  const commit = codeOf(store.commitSessionBoundary("r", boundary()));
  const start = performance.now();
  host.terminate();
  expect(await commit).toBe("outcome_unknown");
  expect(performance.now() - start).toBeLessThan(NOTICED + 2_000); // which is what Chromium gives it
});

test("what a client held is given back when its worker dies", async () => {
  const store = createMemoryRuntimeStore();
  const { port1, port2 } = new MessageChannel();
  hostRuntimeStore(store, port1);
  const client = worker();
  await answerAt(give(client, { task: "hold", name: "r", port: port2 }));
  expect(await codeOf(store.acquireRuntime("r", { mode: "refuse" }))).toBe("lease_held");
  const start = performance.now();
  client.terminate();
  expect((await store.acquireRuntime("r")).epoch).toBeGreaterThan(1);
  expect(performance.now() - start).toBeLessThan(NOTICED);
});

test("an error that a worker survives ends nothing, and one that keeps it from starting is told", async () => {
  const host = worker();
  const store = await inWorker(host, "survivor");
  host.dispatchEvent(new ErrorEvent("error", { message: "somebody else's" }));
  expect(await store.listRuntimes()).toEqual([]);

  const broken = new Worker(new URL("./broken-worker.ts", import.meta.url), { type: "module" });
  broken.addEventListener("error", (event) => event.preventDefault());
  expect(await codeOf(connectRuntimeStore(broken))).toBe("database_unavailable");
});

test.runIf("SharedWorker" in globalThis)("a shared worker serves many tabs", async () => {
  await deleteIndexedDbRuntimeStore("shared worker");
  const connect = (): Promise<BurrowStore> =>
    connectRuntimeStore(new SharedWorker(new URL("./shared-worker.ts", import.meta.url), { type: "module" }).port);
  const [one, other] = [await connect(), await connect()];
  const heard: string[] = [];
  other.subscribe(({ kind, origin }) => heard.push(`${kind} ${origin}`));
  const lease = await one.acquireRuntime("r");
  await lease.commitSessionBoundary("r", boundary());
  expect(await codeOf(other.acquireRuntime("r", { mode: "refuse" }))).toBe("lease_held");
  expect((await other.loadRuntime("r")).revision).toBe(1);
  expect(heard).toEqual(["boundary elsewhere"]);
  await one.close();
  await (await other.acquireRuntime("r", { mode: "refuse" })).release();
  await other.close();
});
