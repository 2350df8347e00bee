import type { Ending, Found } from "./endings.ts";

/**
 * The worst first. `told`: a call was refused with an error, and what had been acknowledged is there, or its loss is
 * what the error tells of. `lost`: a call was refused, and what had been acknowledged before cannot be loaded any more.
 */
export const VERDICTS = [
  "wrong value",
  "silent loss",
  "torn",
  "lost",
  "hangs",
  "dead until reload",
  "told",
  "safe",
  "n/a",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A verdict, and in one sentence what it rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly because: string;
}

/** What trials saw, as far as it is judged. Turn 1 is acknowledged before the fault; `stored` is what a new tab loads. */
export interface Observations {
  /** Turn 2 is more than the origin may store. */
  readonly "over quota": { readonly saving: Ending; readonly stored: Ending };
  /** Once the browser has closed the connection, turns 2 and 3 are saved, and then something is loaded. */
  readonly "forced close": {
    readonly saves: readonly [Ending, Ending];
    readonly loading: Ending;
    readonly stored: Ending;
  };
  /** Each kill in the midst of saves, what was acknowledged before, and what the next browser loads. */
  readonly "kill -9": readonly { readonly acknowledged: number; readonly stored: Ending }[];
  /** Another tab holds version 1: the store opens, saves and loads, up to the first call that does not end well. */
  readonly "older tab": { readonly version: number; readonly calls: readonly Ending[] };
  /** One bit of what is stored of turn 1 was changed, in so many places. */
  readonly "flipped bit": { readonly flips: number; readonly stored: Ending };
  /** The database was removed: what the open tab loads, and what a tab loaded before anything had ever been saved. */
  readonly "wiped database": { readonly inOpenTab: Ending; readonly stored: Ending; readonly whenNew: Ending };
  /** Two tabs have loaded turn 1; one has saved turn 2, then the other saves turn 3. */
  readonly "two tabs": { readonly second: Ending; readonly stored: Ending };
}
export type TrialName = keyof Observations;

/** A trial did not do to the store what it is about, so that nothing can be said. */
class NotCarriedOut extends Error {}

/** What each trial comes to. The rules know no store. */
export const JUDGES: { readonly [Trial in TrialName]: (seen: Observations[Trial]) => Judgement } = {
  "over quota"({ saving, stored }) {
    if (saving.ended === "hung") return judgement("hangs", "the save never ended");
    if (saving.ended === "refused") return afterRefusal(saving.error, judgeStored(stored, { least: 1, most: 1 }));
    if (stored.ended === "done" && stored.found?.snapshot === 2) throw new NotCarriedOut("there was room for turn 2");
    return judgeStored(stored, { least: 2, most: 2 });
  },

  "forced close"({ saves, loading, stored }) {
    const [first, second] = saves;
    if ([first, second, loading].some(({ ended }) => ended === "hung")) return judgement("hangs", "a call never ended");
    const last = second.ended === "done" ? 3 : first.ended === "done" ? 2 : 1;
    const kept = judgeStored(stored, { least: last, most: 3 });
    if (kept.verdict !== "safe") return kept;
    if (second.ended === "refused") return judgement("dead until reload", `saves are refused: ${second.error}`);
    if (loading.ended === "refused") return judgement("dead until reload", `loads are refused: ${loading.error}`);
    return first.ended === "refused" ? judgement("told", `one save was refused: ${first.error}`) : kept;
  },

  "kill -9"(kills) {
    if (kills.length === 0) throw new NotCarriedOut("nothing was killed");
    return worst(kills.map(({ acknowledged, stored }) => judgeStored(stored, { least: acknowledged })));
  },

  "older tab"({ version, calls }) {
    if (version < 2) return judgement("n/a", "its database has had no version but the first");
    if (calls.some(({ ended }) => ended === "hung")) return judgement("hangs", "a call never ended");
    const refused = calls.find((call) => call.ended === "refused");
    if (refused) return judgement("told", refused.error);
    const loading = calls.at(-1);
    if (!loading) throw new NotCarriedOut("nothing was called");
    return judgeStored(loading, { least: 1, most: 1 });
  },

  "flipped bit"({ flips, stored }) {
    if (flips === 0) throw new NotCarriedOut("the stored text was not found");
    return judgeStored(stored, { least: 1, most: 1 });
  },

  "wiped database"({ inOpenTab, stored, whenNew }) {
    if ([inOpenTab, stored].some(({ ended }) => ended === "hung")) return judgement("hangs", "a load never ended");
    const isAsNew = [inOpenTab, stored].some((load) => JSON.stringify(load) === JSON.stringify(whenNew));
    if (isAsNew) return judgement("silent loss", "it answers as if nothing had ever been saved");
    if (stored.ended === "done" && stored.found?.snapshot === 1) throw new NotCarriedOut("turn 1 is still there");
    return judgeStored(stored, { least: 1, most: 1 });
  },

  "two tabs"({ second, stored }) {
    if (second.ended === "hung") return judgement("hangs", "the second save never ended");
    if (second.ended === "refused") return afterRefusal(second.error, judgeStored(stored, { least: 2, most: 2 }));
    const kept = judgeStored(stored, { least: 2, most: 3 });
    if (kept.verdict !== "safe") return kept;
    return judgement("silent loss", `both saves were acknowledged, and one is gone: ${kept.because}`);
  },
};

/** Whether what a new tab loads is one whole turn, and none but those that it may be. */
function judgeStored(stored: Ending, { least, most = Infinity }: { least: number; most?: number }): Judgement {
  if (stored.ended === "hung") return judgement("hangs", "the load never ended");
  if (stored.ended === "refused") return judgement("told", stored.error);
  const { snapshot, receipt }: Found = stored.found ?? { snapshot: null, receipt: null };
  const what = `snapshot ${snapshot ?? "none"}, receipt ${receipt ?? "none"}, acknowledged ${least}`;
  if (snapshot === "other" || receipt === "other") return judgement("wrong value", what);
  if (snapshot === null && receipt === null) return judgement("silent loss", what);
  if (snapshot === null || snapshot !== receipt) return judgement("torn", what);
  if (snapshot > most) throw new NotCarriedOut(`${what}: nobody saved that`);
  return judgement(snapshot < least ? "silent loss" : "safe", what);
}

/** A call was refused: that is told, if what was there before is there. */
function afterRefusal(error: string, kept: Judgement): Judgement {
  if (kept.verdict === "safe") return judgement("told", error);
  return kept.verdict === "told" ? judgement("lost", `${error}; then ${kept.because}`) : kept;
}

function worst(judgements: readonly Judgement[]): Judgement {
  const ranked = [...judgements].sort((one, other) => VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict));
  const [first] = ranked;
  if (!first) throw new NotCarriedOut("nothing was judged");
  return first;
}

const judgement = (verdict: Verdict, because: string): Judgement => ({ verdict, because });
