import { expect, test } from "vitest";
import { CallOrder } from "../../src/store/call-order.ts";

/** Work that ends when it is told to, and notes its begin and end. */
function gate(log: string[], name: string) {
  let open: (failure?: Error) => void = () => undefined;
  const opened = new Promise<void>((resolve, reject) => {
    open = (failure) => {
      if (failure) reject(failure);
      else resolve();
    };
  });
  const work = async () => {
    log.push(`${name} begins`);
    await opened;
    log.push(`${name} ends`);
    return name;
  };
  return { work, open };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("a runtime's calls follow one another, another runtime's do not wait", async () => {
  const log: string[] = [];
  const order = new CallOrder();
  const [first, second, other] = [gate(log, "first"), gate(log, "second"), gate(log, "other")];
  const results = [
    order.inRuntime("a", first.work),
    order.inRuntime("a", second.work),
    order.inRuntime("b", other.work),
  ];
  second.open();
  other.open();
  await turn();
  expect(log).toEqual(["first begins", "other begins", "other ends"]);
  first.open();
  expect(await Promise.all(results)).toEqual(["first", "second", "other"]);
  expect(log.slice(3)).toEqual(["first ends", "second begins", "second ends"]);
});

test("a failed call does not fail the next, nor hold it up", async () => {
  const log: string[] = [];
  const order = new CallOrder();
  const [first, second] = [gate(log, "first"), gate(log, "second")];
  const failing = order.inRuntime("a", first.work);
  const next = order.inRuntime("a", second.work);
  first.open(new Error("no"));
  second.open();
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("second");
});

test("a read of all waits for every call before it, and holds up none behind it", async () => {
  const log: string[] = [];
  const order = new CallOrder();
  const [a, b, all, later] = [gate(log, "a"), gate(log, "b"), gate(log, "all"), gate(log, "later")];
  const results = [
    order.inRuntime("a", a.work),
    order.inRuntime("b", b.work),
    order.readingAll(all.work),
    order.inRuntime("c", later.work),
  ];
  a.open();
  later.open();
  await turn();
  expect(log).toEqual(["a begins", "b begins", "later begins", "a ends", "later ends"]);
  b.open();
  await turn();
  expect(log.slice(5)).toEqual(["b ends", "all begins"]);
  all.open();
  await Promise.all(results);
});

test("a write of all waits for every call before it, and every call behind it waits", async () => {
  const log: string[] = [];
  const order = new CallOrder();
  const [a, all, sameRuntime, newRuntime] = [gate(log, "a"), gate(log, "all"), gate(log, "same"), gate(log, "new")];
  const results = [
    order.inRuntime("a", a.work),
    order.writingAll(all.work),
    order.inRuntime("a", sameRuntime.work),
    order.inRuntime("n", newRuntime.work),
  ];
  sameRuntime.open();
  newRuntime.open();
  a.open();
  await turn();
  expect(log).toEqual(["a begins", "a ends", "all begins"]);
  all.open();
  await Promise.all(results);
  expect(log.slice(3)).toEqual(["all ends", "same begins", "new begins", "same ends", "new ends"]);
});

test("closing lets earlier calls end, refuses later ones, and happens once", async () => {
  const log: string[] = [];
  const order = new CallOrder();
  const call = gate(log, "call");
  const result = order.inRuntime("a", call.work);
  const closing = [1, 2].map(() =>
    order.close(() => {
      log.push("closed");
      return Promise.resolve();
    }),
  );
  await expect(order.inRuntime("a", () => Promise.resolve())).rejects.toMatchObject({ code: "database_closed" });
  await expect(order.readingAll(() => Promise.resolve())).rejects.toMatchObject({ code: "database_closed" });
  call.open();
  await Promise.all([...closing, result]);
  expect(log).toEqual(["call begins", "call ends", "closed"]);
});
