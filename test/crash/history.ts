import { isDeepStrictEqual } from "node:util";
import type { CommittedReceipt } from "../../src/index.ts";
import type { Acknowledged, Asked, Queued, Refused, Report, Said } from "./crash-events.ts";

/**
 * What must never be: an acknowledged commit or input that is gone, a commit made twice, parts that do not fit together, a
 * store that does not open.
 */
export interface Violation {
  readonly kind: "lost" | "duplicated" | "torn" | "unopened";
  readonly what: string;
}

/** What a history of kills came to, as the last report shows it. */
export interface Judgement {
  readonly acknowledged: number;
  /** Commits that are stored although the page was killed before it could say so. */
  readonly landed: number;
  /** Nothing is left of what was acknowledged. What is missing is then no violation besides. */
  readonly isWiped: boolean;
  readonly violations: readonly Violation[];
}

/** Holds what the visits to a page said, oldest first, against what a report tells is stored after the last of them. */
export function judge(visits: readonly (readonly Said[])[], report: Report | Refused): Judgement {
  const heard = visits.flat();
  const acknowledged = heard.filter((said) => said.event === "acknowledged");
  if (report.event === "refused") return refusal(acknowledged.length, report);
  const asked = heard.filter((said) => said.event === "asked");
  const queued = heard.filter((said) => said.event === "queued");
  const isWiped = acknowledged.length > 0 && report.receipts.length === 0 && !report.head?.revision;
  if (isWiped) return { acknowledged: acknowledged.length, landed: 0, isWiped, violations: [] };
  const answered = new Set(acknowledged.map(({ operation_id }) => operation_id));
  const unanswered = asked.filter(({ operation_id }) => !answered.has(operation_id));
  const strangers = strangersIn(visits, report, asked);
  const landed = unanswered.filter(({ operation_id }) => receiptOf(report, operation_id)).length;
  return {
    acknowledged: acknowledged.length,
    landed: landed + strangers.filter((stranger) => stranger.isFine).length,
    isWiped,
    violations: [
      ...acknowledged.flatMap((commit) => lostCommit(report, commit)),
      ...queued.flatMap((input) => lostInput(report, input)),
      ...duplicatesIn(report),
      ...unanswered.flatMap((commit) => misfits(report, commit)),
      ...strangers.filter(({ isFine }) => !isFine).map(({ what }) => torn(what)),
      ...tornParts(report),
    ],
  };
}

function refusal(acknowledged: number, { error }: Refused): Judgement {
  const isWiped = error.code === "database_wiped";
  const violations: Violation[] = isWiped ? [] : [{ kind: "unopened", what: JSON.stringify(error) }];
  return { acknowledged, landed: 0, isWiped, violations };
}

function lostCommit(report: Report, { operation_id, revision, receipt }: Acknowledged): Violation[] {
  const stored = receiptOf(report, operation_id);
  if (!stored) return [{ kind: "lost", what: `commit ${operation_id}, acknowledged as revision ${revision}, is gone` }];
  const isSame = stored.revision === revision && isDeepStrictEqual(stored.receipt, receipt);
  if (isSame) return [];
  return [{ kind: "lost", what: `commit ${operation_id} is not what was acknowledged: ${JSON.stringify(stored)}` }];
}

function lostInput({ inputs }: Report, { input_id }: Queued): Violation[] {
  return inputs.some((input) => input.input_id === input_id)
    ? []
    : [{ kind: "lost", what: `input ${input_id}, acknowledged as queued, is gone` }];
}

function duplicatesIn({ receipts }: Report): Violation[] {
  const keys: ((stored: CommittedReceipt) => string)[] = [
    ({ operation_id }) => `operation ${operation_id}`,
    ({ receipt }) => `run ${receipt.run_id}`,
    ({ revision }) => `revision ${revision}`,
  ];
  return keys.flatMap((keyOf) => {
    const all = receipts.map(keyOf);
    const again = all.filter((key, index) => all.indexOf(key) !== index);
    return again.map((key): Violation => ({ kind: "duplicated", what: `${key} has more than one receipt` }));
  });
}

/** A commit without an answer may have landed or not; if it has, it is the very one that was asked for. */
function misfits(report: Report, { operation_id, run_id, revision, digest }: Asked): Violation[] {
  const stored = receiptOf(report, operation_id);
  if (!stored) return [];
  const { receipt } = stored;
  const fits =
    receipt.run_id === run_id &&
    stored.revision === revision &&
    (digest === undefined || receipt.conversation_digest === digest);
  return fits ? [] : [torn(`commit ${operation_id} landed as another: ${JSON.stringify(stored)}`)];
}

/**
 * The receipts that nobody was heard to ask for. That is fine behind the last that was heard from a page which never said
 * `closed`: a page that is killed may have got as far as the disk with what did not get as far as the server.
 */
function strangersIn(visits: readonly (readonly Said[])[], { receipts }: Report, asked: readonly Asked[]) {
  const known = new Set(asked.map(({ operation_id }) => operation_id));
  const spans = visits.map((visit, index) => ({
    isKilled: visit.every(({ event }) => event !== "closed"),
    after: Math.max(0, ...visit.map((said) => ("revision" in said ? said.revision : 0))),
    upTo: visits.slice(index + 1).flatMap(openedRevisions)[0] ?? Infinity,
  }));
  return receipts
    .filter(({ operation_id }) => operation_id === undefined || !known.has(operation_id))
    .map(({ revision, operation_id }) => ({
      isFine: spans.some(({ isKilled, after, upTo }) => isKilled && revision > after && revision <= upTo),
      what: `nobody asked for revision ${revision}, of operation ${operation_id}`,
    }));
}

const openedRevisions = (visit: readonly Said[]): number[] =>
  visit.flatMap((said) => (said.event === "opened" ? [said.revision] : []));

/** Whether head, receipts, snapshot, catalog and inputs tell of the same commits. */
export function tornParts({ head, receipts, found, recomputed, inputs, sessions, findings, contradictions }: Report) {
  const violations: Violation[] = [];
  const agree = (what: string, one: unknown, other: unknown) => {
    if (!isDeepStrictEqual(one, other)) violations.push(torn(`${what}: ${text(one)} is not ${text(other)}`));
  };
  receipts.forEach(({ revision }, index) => agree("revision", revision, index + 1));
  agree("revision of the head, number of receipts", head?.revision ?? 0, receipts.length);
  const last = receipts.at(-1)?.receipt;
  agree("run of the head, of the last receipt", head?.run_id, last?.run_id);
  agree("sequence of the head, of the last receipt", head?.sequence, last?.sequence);
  agree("digest of the head, of the last receipt", head?.conversation_digest, last?.conversation_digest);
  agree("digest of the snapshot, of the last receipt", recomputed?.conversation_digest, last?.conversation_digest);
  agree("messages of the snapshot, of the last receipt", recomputed?.message_count, last?.message_count);
  const session = last && { id: head?.session_id, message_count: last.message_count };
  agree("sessions, session of the head", sessions, session ? [session] : []);
  for (const { operation_id, stored } of found) {
    agree("receipt found, receipt listed", stored ?? undefined, receiptOf({ receipts }, operation_id));
  }
  for (const { receipt } of receipts) {
    const id = receipt.contributing_input_ids[0];
    const { current_state, last_run_id, last_boundary_sequence } = inputs.find(({ input_id }) => input_id === id) ?? {};
    const { run_id, sequence } = receipt;
    agree(
      `input of run ${run_id}`,
      { current_state, last_run_id, last_boundary_sequence },
      {
        current_state: "consumed",
        last_run_id: run_id,
        last_boundary_sequence: sequence,
      },
    );
  }
  const consumed = inputs.filter(({ current_state }) => current_state === "consumed");
  agree("number of consumed inputs, of receipts", consumed.length, receipts.length);
  const told = [...findings.map(({ code, message }) => `${code}: ${message}`), ...contradictions];
  return [...violations, ...told.map(torn)];
}

function receiptOf({ receipts }: Pick<Report, "receipts">, operation: string | undefined) {
  return receipts.find(({ operation_id }) => operation_id === operation);
}

const torn = (what: string): Violation => ({ kind: "torn", what });

const text = (value: unknown): string => JSON.stringify(value) ?? "nothing";
