import { deleteIndexedDbRuntimeStore, openIndexedDbRuntimeStore } from "burrow-store/indexeddb";
import { beforeAll, expect, test } from "vitest";
import { eventually } from "../eventually.ts";

beforeAll(() => deleteIndexedDbRuntimeStore("my-app"));

test("one runs the agent at a time, the next takes over, and all see what it stores", async () => {
  const { follow, runHere } = await import("./many-tabs.ts");
  const shown: number[] = [];
  await follow((revision) => shown.push(revision));
  const log: string[] = [];
  const first = runHere(async (agent, signal) => {
    log.push("first");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await agent.persistRuntimeState("agent", "idle").catch(() => log.push("first is out"));
  });
  const second = runHere(async () => {
    await Promise.resolve();
    log.push("second");
  });
  await eventually(() => expect(log).toEqual(["first"]));
  await runHere(async (agent) => agent.persistRuntimeState("agent", "running"), true);
  await Promise.all([first, second]);
  expect(log.sort()).toEqual(["first", "first is out", "second"]);
  const other = await openIndexedDbRuntimeStore({ name: "my-app" });
  expect(await other.loadRuntimeState("agent")).toBe("running");
  const before = shown.length;
  await other.persistRuntimeState("agent", "stopped");
  await eventually(() => expect(shown.length).toBeGreaterThan(before));
  await other.close();
});
