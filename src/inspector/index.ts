import type { BurrowStore } from "../contract/index.ts";

/** An inspector on a page. */
export interface Inspector {
  unmount(): void;
  /** Opens a runtime, at one of its receipts if a revision is given. */
  show(runtimeId: string, revision?: number): void;
}

/** Puts a placeholder where the inspector will be. */
export function mountInspector(element: Element, store: BurrowStore): Inspector {
  const line = document.createElement("p");
  const say = (what: string): void => {
    line.textContent = `The inspector of this store shows ${what}.`;
  };
  say("nothing yet");
  const unsubscribe = store.subscribe(({ runtimeId, revision }) =>
    say(`${runtimeId}, which is at revision ${revision}`),
  );
  element.append(line);
  return {
    show: (runtimeId, revision) => say(revision === undefined ? runtimeId : `revision ${revision} of ${runtimeId}`),
    unmount: () => {
      unsubscribe();
      line.remove();
    },
  };
}
