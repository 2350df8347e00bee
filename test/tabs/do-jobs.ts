import { asPlainError } from "../crash/readings.ts";
import { Letters } from "./letters.ts";

/** What every page that does jobs says of itself; `did` is the last word of each job, `failed` the last of all. */
export type WorkerEvent =
  | { readonly event: "ready" }
  | { readonly event: "did"; readonly job: number }
  | { readonly event: "failed"; readonly message: string };

const NONE_YET = 204;

/** Does one job after another, for as long as the page of `/page?visit=…`, or the worker of `/worker?visit=…`, is there. */
export async function doJobs<J, E>(performer: (say: (event: E) => void) => (job: J) => Promise<void>): Promise<void> {
  const visit = new URLSearchParams(location.search).get("visit") ?? "";
  const letters = new Letters<E | WorkerEvent>(`/said?visit=${visit}`);
  try {
    const perform = performer((event) => letters.say(event));
    letters.say({ event: "ready" });
    for (let n = 0; ;) {
      await letters.delivered();
      const answer = await fetch(`/job?visit=${visit}&n=${n}`);
      if (!answer.ok) break;
      if (answer.status === NONE_YET) continue;
      await perform((await answer.json()) as J);
      letters.say({ event: "did", job: n++ });
    }
  } catch (error) {
    letters.say({ event: "failed", message: JSON.stringify(asPlainError(error)) });
  }
}
