import type { CommittedReceipt, CorruptRow, RuntimeCatalog } from "../contract/index.ts";

/** The receipts of a runtime as far as they were read: sound ones by ascending revision, and the damaged ones. */
export interface ReceiptLog {
  readonly receipts: readonly CommittedReceipt[];
  readonly damaged: readonly CorruptRow[];
}

/** Reads all receipts of a runtime, or, where some are known, only those that came after; damaged ones always. */
export async function readReceipts(
  store: Pick<RuntimeCatalog, "listBoundaryReceipts">,
  runtimeId: string,
  known?: ReceiptLog,
): Promise<ReceiptLog> {
  const afterRevision = known?.receipts.at(-1)?.revision;
  const listed = await store.listBoundaryReceipts(runtimeId, { afterRevision, onCorrupt: "mark" });
  const { sound, damaged } = separated(listed);
  if (known && sound.length === 0 && damaged.length === known.damaged.length) return known;
  return { receipts: known ? [...known.receipts, ...sound] : sound, damaged };
}

/** Takes a list with marks apart. */
export function separated<T extends object>(
  listed: readonly (T | CorruptRow)[],
): { readonly sound: readonly T[]; readonly damaged: readonly CorruptRow[] } {
  const isDamaged = (row: T | CorruptRow): row is CorruptRow => "corrupt" in row;
  return {
    sound: listed.filter((row): row is T => !isDamaged(row)),
    damaged: listed.filter(isDamaged),
  };
}
