import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { CommitMarks, mayBeForgotten } from "../../src/indexeddb/commit-marks.ts";

const HOUR = 60 * 60 * 1000;

afterEach(() => {
  vi.useRealTimers();
});

test("a commit removes the marks of those before it that are known to have ended, once", () => {
  const marks = new CommitMarks();
  const [first, second] = [marks.next(), marks.next()];
  marks.settle(first);
  const third = marks.next();
  expect(third.forgotten).toEqual([first.commit_id]);
  marks.settle(third);
  marks.settle(second);
  expect(marks.next().forgotten).toEqual([third.commit_id, second.commit_id]);
});

test("what one that failed was to remove is left for the next", () => {
  const marks = new CommitMarks();
  const first = marks.next();
  expect(marks.next().forgotten).toEqual(first.forgotten);
});

test("the first commit removes the marks of tabs that died over a day ago, and no younger ones", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const now = Date.now();
  const idAt = (milliseconds: number) => {
    vi.setSystemTime(milliseconds);
    return new CommitMarks().next().commit_id;
  };
  const [old, young] = [idAt(now + 1 * HOUR), idAt(now + 3 * HOUR)];
  vi.setSystemTime(now + 26 * HOUR);
  const [range] = new CommitMarks().next().forgotten as [IDBKeyRange];
  expect(range.includes(old)).toBe(true);
  expect(range.includes(young)).toBe(false);
});

test("a mark that another tab may have removed proves nothing, long before one does by its own clock", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 1000 * HOUR }); // ids never go back behind those made before
  const { commit_id } = new CommitMarks().next();
  vi.setSystemTime(Date.now() + 11 * HOUR);
  expect(mayBeForgotten(commit_id)).toBe(false);
  vi.setSystemTime(Date.now() + 2 * HOUR);
  expect(mayBeForgotten(commit_id)).toBe(true);
});
