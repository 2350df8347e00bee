/** Aborts a transaction, unless it is over or about to be: then its own event says how it ended. */
export function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // InvalidStateError: it was too late.
  }
}
