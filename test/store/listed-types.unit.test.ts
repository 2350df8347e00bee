import { expectTypeOf, test } from "vitest";
import { inputState } from "../../src/conformance/samples.ts";
import type { CorruptRow, ListOptions, OnCorrupt, ReceiptFilter } from "../../src/contract/index.ts";
import { createMemoryRuntimeStore } from "../../src/memory/index.ts";
import type { CommittedReceipt, InputState } from "../../src/index.ts";

// The types are the type checker's to judge; what is run here is that nothing of it is refused.
test("marks are in a list's type only where they may have been asked for", async () => {
  const store = createMemoryRuntimeStore();
  await store.persistInputState("r", inputState(1));
  const list = store.listInputStates.bind(store);
  expectTypeOf(await list("r")).toEqualTypeOf<InputState[]>();
  expectTypeOf(await list("r", {})).toEqualTypeOf<InputState[]>();
  expectTypeOf(await list("r", { onCorrupt: undefined })).toEqualTypeOf<InputState[]>();
  expectTypeOf(await list("r", { onCorrupt: "skip" })).toEqualTypeOf<InputState[]>();
  expectTypeOf(await list("r", { onCorrupt: "mark" })).toEqualTypeOf<(InputState | CorruptRow)[]>();
  const asking = async (maybe: "mark" | undefined, whichever: OnCorrupt) => {
    expectTypeOf(await list("r", { onCorrupt: maybe })).toEqualTypeOf<(InputState | CorruptRow)[]>();
    expectTypeOf(await list("r", { onCorrupt: whichever })).toEqualTypeOf<(InputState | CorruptRow)[]>();
  };
  await asking("mark", "skip");
  const options: ListOptions<OnCorrupt> = {};
  expectTypeOf(await list("r", options)).toEqualTypeOf<(InputState | CorruptRow)[]>();
  const filter: ReceiptFilter = { onCorrupt: "throw" };
  expectTypeOf(await store.listBoundaryReceipts("r", filter)).toEqualTypeOf<CommittedReceipt[]>();
});
