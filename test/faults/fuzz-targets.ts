import type { FuzzTarget } from "./fuzz-run.ts";
import { documents, messageValues, recordTexts, recordValues } from "./fuzz-records.ts";
import { snapshots } from "./fuzz-snapshots.ts";
import { storedTexts } from "./fuzz-stored-text.ts";
import { storedRows } from "./fuzz-stored-rows.ts";

export const TARGETS: readonly FuzzTarget[] = [
  snapshots,
  recordTexts,
  recordValues,
  documents,
  messageValues,
  storedTexts,
  storedRows,
];
