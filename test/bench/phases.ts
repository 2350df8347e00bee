/** What a commit does, in its order. */
export const PHASES = ["before", "requests", "disk", "after"] as const;
export type Phase = (typeof PHASES)[number];

/**
 * How long a commit through one transaction spends before that transaction begins, on its requests, from `commit()` to
 * `complete`, and from there until it resolves, in milliseconds.
 */
export async function phasesOf(work: () => Promise<unknown>): Promise<Record<Phase, number>> {
  const at = { begun: 0, committed: 0, complete: 0 };
  const { transaction } = IDBDatabase.prototype;
  const { commit } = IDBTransaction.prototype;
  IDBDatabase.prototype.transaction = function (...given) {
    at.begun = performance.now();
    const begun = transaction.apply(this, given);
    begun.addEventListener("complete", () => (at.complete = performance.now()));
    return begun;
  };
  IDBTransaction.prototype.commit = function () {
    at.committed = performance.now();
    commit.call(this);
  };
  try {
    const start = performance.now();
    await work();
    const end = performance.now();
    return {
      before: at.begun - start,
      requests: at.committed - at.begun,
      disk: at.complete - at.committed,
      after: end - at.complete,
    };
  } finally {
    IDBDatabase.prototype.transaction = transaction;
    IDBTransaction.prototype.commit = commit;
  }
}
