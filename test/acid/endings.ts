/** The turn that a part of what was loaded is of; `other` when it is no turn's, null when there is none. */
export type Part = number | "other" | null;

/** What a store gave for the turn that it holds. */
export interface Found {
  readonly snapshot: Part;
  readonly receipt: Part;
}

/** How a call to a store ended: a load with what was found. */
export type Ending =
  | { readonly ended: "done"; readonly found?: Found }
  | { readonly ended: "refused"; readonly error: string }
  | { readonly ended: "hung"; readonly afterMs: number };

/** Longer than any store's own time limit. */
const LIMIT_MS = 20_000;

/** Waits for a call, but not for ever. */
export async function endingOf(call: () => Promise<Found | undefined>): Promise<Ending> {
  const done = (async (): Promise<Ending> => {
    try {
      const found = await call();
      return found ? { ended: "done", found } : { ended: "done" };
    } catch (error) {
      return { ended: "refused", error: textOf(error) };
    }
  })();
  const hung = new Promise<Ending>((resolve) =>
    setTimeout(() => resolve({ ended: "hung", afterMs: LIMIT_MS }), LIMIT_MS),
  );
  return Promise.race([done, hung]);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  return "code" in error && typeof error.code === "string"
    ? `${name} ${error.code}: ${message}`
    : `${name}: ${message}`;
}
