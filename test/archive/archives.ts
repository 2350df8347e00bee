import { expectEqual } from "../../src/conformance/expectation.ts";
import { conversation, eventInputState, sessionId, boundary, delta, runId } from "../../src/conformance/samples.ts";
import { furnish } from "../../src/conformance/whole-store.ts";
import type { BurrowStore } from "../../src/contract/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";

/** Puts something in every table of a store, rich values, a body of more than one piece, and an empty runtime. */
export async function furnishedStore(store: BurrowStore = createMemoryRuntimeStore()): Promise<BurrowStore> {
  await furnish(store);
  const rich = {
    at: new Date(5),
    map: new Map([["a", new Set([1n])]]),
    bytes: new Uint8Array([1, 2, 3]),
    no: undefined,
  };
  await store.persistInputState("rich é 😀", eventInputState(1, { ...rich, ["__proto__"]: 1 }));
  const large = conversation(sessionId(7), "longer than a piece ".repeat(60_000));
  await store.commitSessionBoundary("large", boundary({ runId: runId(7), sessionDelta: delta(large) }));
  await store.commitSessionBoundary("large", boundary({ sessionDelta: delta(conversation(sessionId(8), "other")) }));
  return store;
}

export const stream = (bytes: Uint8Array, pieceBytes = 1000): ReadableStream<Uint8Array> => {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + pieceBytes));
      at += pieceBytes;
    },
  });
};

export const linesOf = (bytes: Uint8Array): string[] => new TextDecoder().decode(bytes).split("\n").slice(0, -1);
export const fromLines = (lines: readonly string[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));

/** Demands that two stores hold the same runtimes. Vitest compares bytes one by one, which takes minutes. */
export async function expectSameRuntimes(store: BurrowStore, other: BurrowStore): Promise<void> {
  const [dumps, due] = await Promise.all([dumpsOf(store), dumpsOf(other)]);
  expectEqual(dumps, due, "the runtimes");
}

export function expectBytes(bytes: Uint8Array, due: Uint8Array): void {
  expectEqual(bytes, due, "the bytes");
}

async function dumpsOf(store: BurrowStore): Promise<unknown[]> {
  const heads = await store.listRuntimes();
  return Promise.all(heads.map(({ runtime_id }) => store.dumpRuntime(runtime_id)));
}

export async function expectSound(store: BurrowStore): Promise<void> {
  for (const { runtime_id } of await store.listRuntimes()) {
    const findings = await store.verifyRuntime(runtime_id);
    const errors = findings.filter(({ severity }) => severity === "error");
    expectEqual(errors, [], `the damage of ${runtime_id}`);
  }
}
