import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diskEngineOf } from "../browsers/disk-engines.ts";
import { type DemoServer, serveDemo } from "../demo/demo-server.ts";
import { Random } from "../faults/fuzz-random.ts";
import { isStartable } from "./browser-launch.ts";
import { bundle } from "./bundle.ts";
import { KilledDemo, type Moment } from "./killed-demo.ts";

const SEED = process.env.BURROW_SEED ?? String(Date.now());
const TOTAL = Number(process.env.BURROW_DEMO_KILLS ?? 50);
const KILLS_OF_A_PROFILE = 8;
const LIMIT_OF_A_KILL_MS = 120_000;

/** They cover a turn of a second of thinking, one of its tool, the commit of both, and another of thinking. */
const MOMENTS: readonly Moment[] = [
  { name: "the agent thinks of a tool", sign: "message accepted", atLeast: 0, atMost: 900 },
  { name: "the page opens", sign: "page opened", atLeast: 0, atMost: 1000 },
  { name: "a message is being accepted", sign: "message sent", atLeast: 0, atMost: 150 },
  { name: "its tool works, or it thinks of its reply", sign: "tool used", atLeast: 0, atMost: 2000 },
  { name: "the turn is being committed", sign: "commit begun", atLeast: 0, atMost: 20 },
];

let folder: string;
let server: DemoServer;
let reportUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "burrow-killed-demo-"));
  const built = join(folder, "built");
  server = await serveDemo(built);
  const script = await bundle(new URL("./demo-report.ts", import.meta.url));
  reportUrl = new URL("report.html", server.url).href;
  await writeFile(join(built, "report.html"), `<!doctype html><script type="module">${script}</script>`);
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

if (process.platform !== "linux") console.warn("NOT TESTED: the demo in browsers that are killed. It takes Linux.");
console.log(`BURROW_SEED=${SEED} repeats the moments of these kills`);

for (const engine of ["LevelDB", "SQLite"] as const) {
  const kind = `Chromium ${engine}` as const;
  const kills = Math.ceil(TOTAL / 2);
  test.runIf(isStartable(kind))(
    `on ${kind}, each message that the demo accepts is committed exactly once, however often the browser is killed`,
    { timeout: (kills + 1) * LIMIT_OF_A_KILL_MS },
    async () => {
      const random = new Random(`${SEED} ${kind}`);
      const demos: KilledDemo[] = [];
      for (let first = 0; first < kills; first += KILLS_OF_A_PROFILE) {
        const profile = join(folder, `${kind} ${first}`);
        const demo = new KilledDemo({ kind, profile, random, demoUrl: server.url, reportUrl });
        demos.push(demo);
        for (let index = first; index < Math.min(first + KILLS_OF_A_PROFILE, kills); index++) {
          await demo.kill(MOMENTS[index % MOMENTS.length] as Moment);
        }
        await demo.end();
        expect(diskEngineOf(profile)).toBe(engine);
      }
      console.table(MOMENTS.map((moment) => tallyOf(moment, demos)));
      const sent = demos.flatMap((demo) => demo.sent);
      console.log(`${kind}: ${sent.length} messages sent, ${sent.filter(({ wasShown }) => wasShown).length} accepted`);
      expect(demos.flatMap(({ violations }) => [...violations])).toEqual([]);
      expect(demos.flatMap((demo) => demo.kills)).toHaveLength(kills);
    },
  );
}

/** What came of the turns that were killed at a moment, where the next page lived long enough to tell. */
function tallyOf(moment: Moment, demos: readonly KilledDemo[]) {
  const kills = demos.flatMap((demo) => demo.kills).filter((kill) => kill.moment === moment);
  const count = (fate: string): number => kills.filter((kill) => kill.fate === fate).length;
  const [absent, pending, begun, committed] = ["absent", "pending", "begun", "committed"].map(count);
  const again = kills.filter(({ isRecovery }) => isRecovery).length;
  return {
    "killed while": moment.name,
    kills: kills.length,
    "in a recovered turn": again,
    absent,
    pending,
    begun,
    committed,
  };
}
