import { openIndexedDbRuntimeStore } from "../../src/indexeddb/index.ts";
import { asPlainError } from "../crash/readings.ts";
import { Letters } from "./letters.ts";
import type { TabEvent, TabJob } from "./tab-events.ts";
import { TabWork } from "./tab-work.ts";

// The page of `/page?visit=…`, and the worker of `/worker?visit=…`: it does one job after another, for as long as it is there.

const NONE_YET = 204;

const visit = new URLSearchParams(location.search).get("visit") ?? "";
const letters = new Letters<TabEvent>(`/said?visit=${visit}`);
const work = new TabWork(
  (name) => openIndexedDbRuntimeStore({ name }),
  (event) => letters.say(event),
);

try {
  letters.say({ event: "ready" });
  for (let n = 0; ;) {
    await letters.delivered();
    const answer = await fetch(`/job?visit=${visit}&n=${n}`);
    if (!answer.ok) break;
    if (answer.status === NONE_YET) continue;
    await work.perform((await answer.json()) as TabJob);
    letters.say({ event: "did", job: n++ });
  }
} catch (error) {
  letters.say({ event: "failed", message: JSON.stringify(asPlainError(error)) });
}
