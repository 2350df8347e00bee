import type { BurrowStore, RuntimeSize } from "../../contract/index.ts";
import { expectEqual, expectPresent, expectThat } from "../expectation.ts";
import { law } from "../make-law.ts";
import { boundary, conversation, delta, inputState, sessionId } from "../samples.ts";
import { furnish } from "../whole-store.ts";

async function sizeOf(store: BurrowStore, runtimeId: string): Promise<RuntimeSize> {
  const sizes = await store.measureRuntimes();
  return expectPresent(
    sizes.find((size) => size.runtime_id === runtimeId),
    `the size of ${runtimeId}`,
  );
}

export const sizeLaws = [
  law("Every runtime is measured, by id, with the length of its snapshot", async (store) => {
    expectEqual(await store.measureRuntimes(), [], "the sizes in an empty store");
    await furnish(store);
    await store.persistRuntimeState("\u{10000}", "idle");
    await store.persistRuntimeState("\uffee", "idle");
    const sizes = await store.measureRuntimes();
    const runtimes = await store.listRuntimes();
    expectEqual(
      sizes.map(({ runtime_id, snapshot_bytes }) => [runtime_id, snapshot_bytes]),
      runtimes.map(({ runtime_id, byte_length = 0 }) => [runtime_id, byte_length]),
      "the runtimes and their snapshots",
    );
    for (const { runtime_id, rows, row_bytes } of sizes) {
      expectThat(rows > 0 && row_bytes > rows, `${rows} rows of ${runtime_id} in ${row_bytes} bytes`);
    }
  }),

  law("A runtime's size follows what is stored for it, and nothing else", async (store) => {
    await store.persistInputState("r", inputState(1));
    const small = await sizeOf(store, "r");
    await store.commitSessionBoundary("s", boundary({ inputUpdates: [inputState(1), inputState(2)] }));
    expectEqual(await sizeOf(store, "r"), small, "the size after another runtime's commit");
    await store.persistInputState("r", inputState(2, { idempotency_key: "é".repeat(1000) }));
    const larger = await sizeOf(store, "r");
    expectEqual(larger.rows, small.rows + 1, "the rows after one more input");
    expectThat(larger.row_bytes >= small.row_bytes + 2000, "2,000 bytes of text count for less");
    const sessionDelta = delta(conversation(sessionId(3), "hello"));
    await store.commitSessionBoundary("r", boundary({ sessionDelta }));
    const committed = await sizeOf(store, "r");
    expectEqual(committed.snapshot_bytes, sessionDelta.sessionSnapshot.length, "the bytes of the snapshot");
    await store.deleteRuntime("r");
    const left = await sizeOf(store, "r");
    expectEqual([left.snapshot_bytes, left.rows], [0, 1], "the snapshot and the rows of a deleted runtime");
  }),
];
