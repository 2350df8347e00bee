import { expect, test } from "vitest";
import type { VerifyProgress } from "../../src/contract/index.ts";
import { SlicedWork } from "../../src/store/sliced-work.ts";

/** Keeps the thread busy for longer than a slice. */
function outlastSlice(): void {
  const end = performance.now() + 20;
  while (performance.now() < end);
}

function workOf(total: number) {
  const heard: VerifyProgress[] = [];
  return { heard, work: new SlicedWork(total, { onProgress: (progress) => void heard.push(progress) }) };
}

test("work that fits into one slice waits for nothing, and is told of once", async () => {
  const { heard, work } = workOf(2);
  let others = 0;
  setTimeout(() => others++);
  await work.reach(1);
  await work.reach(2);
  work.finish();
  expect(others).toBe(0);
  expect(heard).toEqual([{ done: 2, total: 2 }]);
});

test("other tasks run when a slice is over, and the same progress is told once", async () => {
  const { heard, work } = workOf(2);
  let others = 0;
  setTimeout(() => others++);
  for (const done of [1, 1, 2]) {
    outlastSlice();
    await work.reach(done);
  }
  work.finish();
  expect(others).toBe(1);
  expect(heard).toEqual([
    { done: 1, total: 2 },
    { done: 2, total: 2 },
  ]);
});

test("nothing to do is told of too", () => {
  const { heard, work } = workOf(0);
  work.finish();
  expect(heard).toEqual([{ done: 0, total: 0 }]);
});
