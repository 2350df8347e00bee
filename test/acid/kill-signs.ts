// What a page that saves until it is killed says on its console.

/** Followed by the number of the turn whose save has resolved. */
export const ACKNOWLEDGED = "acknowledged ";
export const STANDS_STILL = "stands still";
