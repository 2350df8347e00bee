import type { Harness, Law } from "./law.ts";
import { atomicApplyLaws } from "./laws/atomic-apply.ts";
import { badInputLaws } from "./laws/bad-input.ts";
import { badSnapshotLaws } from "./laws/bad-snapshots.ts";
import { bodyLaws } from "./laws/bodies.ts";
import { boundaryCommitLaws } from "./laws/boundary-commit.ts";
import { changeLaws } from "./laws/changes.ts";
import { closingLaws } from "./laws/closing.ts";
import { copyLaws } from "./laws/copies.ts";
import { deletionLaws } from "./laws/deletion.ts";
import { digestLaws } from "./laws/digests.ts";
import { growingSessionLaws } from "./laws/growing-sessions.ts";
import { headLaws } from "./laws/heads.ts";
import { identifierLaws } from "./laws/identifiers.ts";
import { inputStateLaws } from "./laws/input-states.ts";
import { leaseLaws } from "./laws/leases.ts";
import { lifecycleLaws } from "./laws/lifecycle.ts";
import { operationLaws } from "./laws/operations.ts";
import { listLaws } from "./laws/lists.ts";
import { callOrderLaws } from "./laws/order-of-calls.ts";
import { ownershipLaws } from "./laws/ownership.ts";
import { pruningLaws } from "./laws/pruning.ts";
import { receiptLaws } from "./laws/receipts.ts";
import { restoringLaws } from "./laws/restoring.ts";
import { revisionLaws } from "./laws/revisions.ts";
import { richRecordLaws } from "./laws/rich-records.ts";
import { sessionLaws } from "./laws/sessions.ts";
import { sizeLaws } from "./laws/sizes.ts";
import { twoStoreLaws } from "./laws/two-stores.ts";
import { verificationLaws } from "./laws/verification.ts";

export type { Capability, Harness, Law } from "./law.ts";
export { BrokenLaw } from "./expectation.ts";
export { alternating, reopening } from "./harness-variants.ts";

/** All that a store promises, law by law; each runs on a database of its own, in any order, under any test runner or none. */
export const laws: readonly Law[] = [
  ...boundaryCommitLaws,
  ...digestLaws,
  ...atomicApplyLaws,
  ...inputStateLaws,
  ...lifecycleLaws,
  ...receiptLaws,
  ...operationLaws,
  ...revisionLaws,
  ...headLaws,
  ...listLaws,
  ...sizeLaws,
  ...sessionLaws,
  ...bodyLaws,
  ...growingSessionLaws,
  ...deletionLaws,
  ...pruningLaws,
  ...restoringLaws,
  ...verificationLaws,
  ...ownershipLaws,
  ...copyLaws,
  ...callOrderLaws,
  ...identifierLaws,
  ...richRecordLaws,
  ...badInputLaws,
  ...badSnapshotLaws,
  ...changeLaws,
  ...leaseLaws,
  ...closingLaws,
  ...twoStoreLaws,
];

/** The laws that a harness can be put to: those that need no more than its capabilities. */
export const lawsFor = ({ capabilities }: Harness): Law[] =>
  laws.filter(({ needs = [] }) => needs.every((need) => capabilities.has(need)));
