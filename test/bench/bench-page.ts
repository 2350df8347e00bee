import type { Contender, OpenContender } from "./contender.ts";
import { OPEN } from "./contenders/index.ts";
import { appended, conversationOf, turnOf } from "./conversation.ts";
import { longestBlock } from "./heartbeat.ts";
import { PHASES, phasesOf } from "./phases.ts";
import type { Case, Outcome, Plan, Series } from "./plan.ts";

// The page of `/?plan=…`: it carries out its plan and says what came of it.

const WARM_COMMITS = 5;

type Measurement = Pick<Series, "contender" | "bytes" | "measure">;

/** Collects samples by what they are of. */
class Samples {
  readonly #series = new Map<string, Series & { readonly samples: number[] }>();

  add(of: Measurement, sample: number): void {
    const key = Object.values(of).join();
    const series = this.#series.get(key) ?? { ...of, samples: [] };
    this.#series.set(key, series);
    series.samples.push(sample);
  }

  all(): Series[] {
    return [...this.#series.values()];
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function carryOut(plan: Plan): Promise<Outcome> {
  switch (plan.plan) {
    case "time":
    case "blocks":
      return measureCases(plan);
    case "phases":
      return measurePhases(plan);
    case "appends":
      return measureAppends(plan);
  }
}

async function measureCases({ plan, contenders, sizes }: Plan & { plan: "time" | "blocks" }): Promise<Outcome> {
  const samples = new Samples();
  const [kind, measured] = plan === "time" ? (["time", timeOf] as const) : (["block", longestBlock] as const);
  for (const { bytes, rounds } of sizes) {
    const lengths = growing(bytes);
    for (let round = 0; round < rounds; round++) {
      for (const contender of inTurn(contenders, round)) {
        await visit(contender, lengths, async (name, work) =>
          samples.add({ contender, bytes, measure: `${kind} ${name}` }, await measured(work)),
        );
      }
    }
  }
  return { series: samples.all() };
}

/** One conversation as it grows: what is stored before, and the snapshots of the commits that are measured. */
interface Growing {
  readonly stored: Uint8Array<ArrayBuffer>;
  readonly cold: Uint8Array<ArrayBuffer>;
  readonly warm: readonly Uint8Array<ArrayBuffer>[];
}

function growing(bytes: number): Growing {
  const stored = conversationOf(bytes);
  const cold = appended(stored, 0);
  let last = cold;
  const warm = Array.from({ length: WARM_COMMITS }, (_, turn) => (last = appended(last, turn + 1)));
  return { stored, cold, warm };
}

/** Has a store go through all cases; it is opened anew for the cold commit, and for the load. */
async function visit(
  contender: Contender,
  { stored, cold, warm }: Growing,
  measure: (name: Case, work: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const database = `${contender} ${stored.length}`.replaceAll(/\W+/g, "-");
  const opened = async (use: (store: OpenContender) => Promise<unknown>) => {
    const store = await OPEN[contender](database);
    await use(store);
    await store.close();
  };
  await opened((store) => store.commit(turnOf(stored)));
  await opened(async (store) => {
    const turn = turnOf(cold);
    await measure("cold", () => store.commit(turn));
    for (const snapshot of warm) {
      const turn = turnOf(snapshot);
      await measure("warm", () => store.commit(turn));
    }
  });
  await opened(async (store) => {
    let length: number | undefined;
    await measure("load", async () => (length = (await store.load())?.length));
    if (length !== warm.at(-1)?.length) throw new Error(`${contender} loads ${length ?? "nothing"}`);
  });
}

async function measurePhases({ contenders, bytes, commits }: Plan & { plan: "phases" }): Promise<Outcome> {
  const samples = new Samples();
  const stores = await Promise.all(
    contenders.map(async (contender) => ({ contender, store: await OPEN[contender](contender) })),
  );
  const { stored, cold, warm } = growing(bytes);
  for (let round = 0; round < commits; round++) {
    const snapshot = [stored, cold, ...warm][round % (WARM_COMMITS + 2)] ?? stored;
    for (const { contender, store } of inTurn(stores, round)) {
      const turn = turnOf(snapshot);
      const phases = await phasesOf(() => store.commit(turn));
      for (const phase of PHASES) samples.add({ contender, bytes, measure: `phase ${phase}` }, phases[phase]);
    }
  }
  for (const { store } of stores) await store.close();
  return { series: samples.all() };
}

async function measureAppends({ contender, bytes, appends }: Plan & { plan: "appends" }): Promise<Outcome> {
  const samples = new Samples();
  const store = await OPEN[contender]("appends");
  let snapshot = conversationOf(bytes);
  await store.commit(turnOf(snapshot));
  let recordBytes = 0;
  for (let append = 0; append < appends; append++) {
    snapshot = appended(snapshot, append);
    const turn = turnOf(snapshot);
    recordBytes += JSON.stringify([turn.receipt, turn.inputs]).length;
    samples.add({ contender, bytes, measure: "append" }, await timeOf(() => store.commit(turn)));
  }
  await store.close();
  return { series: samples.all(), liveBytes: snapshot.length + recordBytes };
}

/** In another order each round: none is always behind the same. */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

const plan = JSON.parse(new URLSearchParams(location.search).get("plan") ?? "") as Plan;
const outcome = await carryOut(plan).catch((error: unknown) => ({ error: String(error) }));
await fetch("/outcome", { method: "POST", body: JSON.stringify(outcome) });
close();
