import { type Harness, type Law, laws, lawsFor } from "../src/conformance/index.ts";

/** What became of one law. */
export interface LawResult {
  readonly law: Law;
  /** A law that asks for more than a harness can do does not apply to it. */
  readonly outcome: "passed" | "failed" | "does not apply";
  readonly milliseconds: number;
  /** Why it failed or does not apply. */
  readonly reason?: string;
}

const LIMIT_MILLISECONDS = 30_000;

/** Puts a harness to all laws, one after the other; a law that fails, or does not come to an end, does not stop those behind it. */
export async function* putToLaws(harness: Harness): AsyncGenerator<LawResult> {
  const binding = new Set(lawsFor(harness));
  for (const law of laws) {
    if (binding.has(law)) yield await putToLaw(harness, law);
    else yield { law, outcome: "does not apply", milliseconds: 0, reason: `needs: ${law.needs?.join(", ") ?? ""}` };
  }
}

async function putToLaw(harness: Harness, law: Law): Promise<LawResult> {
  const begin = performance.now();
  const took = (): number => performance.now() - begin;
  try {
    await withinLimit(law.run(harness));
    return { law, outcome: "passed", milliseconds: took() };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { law, outcome: "failed", milliseconds: took(), reason };
  }
}

async function withinLimit(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it did not come to an end within ${LIMIT_MILLISECONDS / 1000} seconds`));
    }, LIMIT_MILLISECONDS);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
