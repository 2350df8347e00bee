/** The time of the machine, which is one for all tabs: each one's `performance` counts from a moment of its own. */
export const now = (): number => Date.now();
