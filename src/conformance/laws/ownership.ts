import type { BurrowStore } from "../../contract/index.ts";
import { expectEqual, expectPresent, expectRejection, expectThat } from "../expectation.ts";
import type { Law } from "../law.ts";
import { law } from "../make-law.ts";
import { resizableBuffer, sharedBuffer, wasmMemory } from "../platform-buffers.ts";
import { apply, boundary, conversation, delta, receipt, runId, sessionId, textOf, wrong } from "../samples.ts";
import { expectNothingWritten } from "../whole-store.ts";

const BODY = conversation(sessionId(1), "what was passed ".repeat(100));

/** `BODY` in the midst of a buffer that has room for it. */
function bodyIn(buffer: ArrayBufferLike): Uint8Array {
  const view = new Uint8Array(buffer, 8, BODY.length);
  view.set(BODY);
  return view;
}

interface SnapshotCall {
  readonly name: string;
  store(store: BurrowStore, bytes: Uint8Array): Promise<unknown>;
  load(store: BurrowStore): Promise<Uint8Array | undefined>;
}

/** Every call that takes a snapshot, and where that snapshot is found again. */
const SNAPSHOT_CALLS: readonly SnapshotCall[] = [
  {
    name: "a boundary commit",
    store: (store, bytes) => store.commitSessionBoundary("commit", boundary({ sessionDelta: delta(bytes) })),
    load: (store) => store.loadSessionSnapshot("commit"),
  },
  {
    name: "an apply",
    store: (store, bytes) =>
      store.atomicApply("apply", apply({ receipt: receipt({ run_id: runId(2) }), sessionDelta: delta(bytes) })),
    load: (store) => store.loadSessionSnapshot("apply"),
  },
  {
    name: "a saved session",
    store: (store, bytes) => store.sessions.save(bytes),
    load: (store) => store.sessions.load(sessionId(1)),
  },
];

/** A law about one kind of bytes: `given` makes them and what happens to them right after the call. */
const capturedLaw = (name: string, given: () => { readonly bytes: Uint8Array; readonly afterCall: () => void }): Law =>
  law(name, async (store) => {
    for (const call of SNAPSHOT_CALLS) {
      const { bytes, afterCall } = given();
      const settled = call.store(store, bytes);
      afterCall();
      await settled;
      expectEqual(await call.load(store), BODY, `what ${call.name} stored`);
    }
  });

/** Laws about memory that this platform may lack; where it does, there is nothing to put to the store. */
function* lawsOfThePlatform(): Generator<Law> {
  if (wasmMemory() !== undefined) {
    yield capturedLaw("A snapshot in WebAssembly memory is captured before the memory can grow", () => {
      const memory = expectPresent(wasmMemory(), "the memory");
      return { bytes: bodyIn(memory.buffer), afterCall: () => memory.grow(1) };
    });
  }
  if (sharedBuffer() !== undefined) {
    yield capturedLaw("A snapshot in shared memory is captured before another thread can change it", () => {
      const bytes = bodyIn(expectPresent(sharedBuffer(), "the buffer"));
      return { bytes, afterCall: () => bytes.fill(0) };
    });
  }
  if (resizableBuffer(0) !== undefined) {
    yield capturedLaw("A snapshot in a resizable buffer is captured before the buffer can shrink", () => {
      const { buffer, resize } = expectPresent(resizableBuffer(BODY.length + 8), "the buffer");
      return { bytes: bodyIn(buffer), afterCall: () => resize(0) };
    });
    yield capturedLaw("A snapshot that fills a resizable buffer is captured at its length of the call", () => {
      const { buffer, resize } = expectPresent(resizableBuffer(BODY.length), "the buffer");
      const bytes = new Uint8Array(buffer);
      bytes.set(BODY);
      return { bytes, afterCall: () => resize(BODY.length + 100) };
    });
  }
}

export const ownershipLaws = [
  capturedLaw("A snapshot is captured at the call, whatever its array holds afterwards", () => {
    const bytes = BODY.slice();
    return { bytes, afterCall: () => bytes.fill(0x20) };
  }),

  capturedLaw("A snapshot is captured at the call, even if its buffer is transferred right after", () => {
    const bytes = bodyIn(new ArrayBuffer(BODY.length + 100));
    return { bytes, afterCall: () => structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] }) };
  }),

  capturedLaw("A snapshot may be a view into a larger buffer, of which nothing else is stored", () => {
    const bytes = bodyIn(new ArrayBuffer(BODY.length + 100));
    return { bytes, afterCall: () => new Uint8Array(bytes.buffer).fill(0x7b) };
  }),

  capturedLaw("A snapshot may be an array of a kind derived from Uint8Array", () => {
    class Bytes extends Uint8Array {}
    const bytes = new Bytes(BODY);
    return { bytes, afterCall: () => bytes.fill(0) };
  }),

  ...lawsOfThePlatform(),

  law("One array may be filled anew for every call", async (store) => {
    const texts = ["aaaa", "bbbb", "cccc", "bbbb"];
    const reused = new Uint8Array(conversation(sessionId(1), "    ").length);
    const commits = texts.map((text) => {
      reused.set(conversation(sessionId(1), text));
      return store.commitSessionBoundary(text, boundary({ sessionDelta: delta(reused) }));
    });
    const receipts = await Promise.all(commits);
    for (const text of texts) {
      expectEqual(await store.loadSessionSnapshot(text), conversation(sessionId(1), text), `the snapshot ${text}`);
    }
    expectEqual(new Set(receipts.map((minted) => minted.conversation_digest)).size, 3, "the number of digests");
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(reused) }));
    reused.set(conversation(sessionId(1), "dddd"));
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(reused) }));
    expectEqual(
      textOf(expectPresent(await store.loadSessionSnapshot("r"), "the snapshot")).includes("dddd"),
      true,
      "the last text",
    );
  }),

  law("A detached buffer is refused and nothing is written", async (store) => {
    const bytes = BODY.slice();
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    await expectNothingWritten(store, async () => {
      for (const call of SNAPSHOT_CALLS) {
        await expectRejection(() => call.store(store, bytes), "invalid_input", {}, call.name);
      }
    });
  }),

  law("Only a Uint8Array is taken for a snapshot", async (store) => {
    const others = [
      textOf(BODY),
      [...BODY],
      BODY.buffer,
      new DataView(BODY.buffer),
      new Int8Array(BODY.buffer),
      new Uint16Array(8),
      {},
      null,
      undefined,
      7,
    ];
    await expectNothingWritten(store, async () => {
      for (const call of SNAPSHOT_CALLS) {
        for (const other of others) {
          const what = `${call.name} given ${Object.prototype.toString.call(other)}`;
          await expectRejection(() => call.store(store, wrong(other)), "invalid_input", {}, what);
        }
      }
    });
  }),

  law("Returned snapshots belong to the caller, each with a buffer of its own", async (store) => {
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(BODY) }));
    const loads = [
      () => store.loadSessionSnapshot("r"),
      async () => (await store.loadRuntime("r")).sessionSnapshot,
      async () => (await store.dumpRuntime("r"))?.session_snapshot,
      () => store.sessions.load(sessionId(1)),
    ];
    for (const load of [...loads, ...loads]) {
      const bytes = expectPresent(await load(), "the snapshot");
      expectEqual(bytes, BODY, "the snapshot");
      expectThat(bytes.constructor === Uint8Array, "the snapshot is of a kind derived from Uint8Array");
      expectThat(bytes.buffer instanceof ArrayBuffer, "the snapshot's buffer is no plain ArrayBuffer");
      expectEqual([bytes.byteOffset, bytes.buffer.byteLength], [0, BODY.length], "the snapshot's place in its buffer");
      bytes.fill(0);
      structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    }
  }),

  law("The snapshot that was committed and the one that is loaded share nothing", async (store) => {
    const given = BODY.slice();
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(given) }));
    const loaded = expectPresent(await store.loadSessionSnapshot("r"), "the snapshot");
    loaded.fill(1);
    expectEqual(given, BODY, "the caller's array");
    given.fill(2);
    expectEqual(await store.loadSessionSnapshot("r"), BODY, "the stored snapshot");
    await store.commitSessionBoundary("r", boundary({ sessionDelta: delta(BODY.slice()) }));
    expectEqual(await store.loadSessionSnapshot("r"), BODY, "the snapshot after another commit");
  }),
];
