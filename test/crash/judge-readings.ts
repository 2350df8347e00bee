import { isDeepStrictEqual } from "node:util";
import type { VerifyFinding } from "../../src/index.ts";
import type { Everything, PlainError, Refused } from "./crash-events.ts";
import type { Reading } from "./readings.ts";

/** What a page said of a database: all that it holds, or that it cannot be opened; or nothing, and then why not. */
export type Answer = Everything | Refused | { readonly event: "nothing"; readonly why: string };

/**
 * What must never be: a value that is not what was written, and nobody tells; an error that is not the store's; a page that
 * gives no answer.
 */
export interface Wrong {
  readonly kind: "silent" | "untyped" | "unanswered";
  /** The call. */
  readonly reading: string;
  readonly truth?: unknown;
  readonly read?: unknown;
}

/** How a damage showed. */
export interface Showing {
  /** The code of the error with which opening was refused. */
  readonly atOpen?: string;
  /** The codes of the errors that readings gave, each once. */
  readonly atLoad: readonly string[];
  /** The readings that gave another value than the truth, where a verification tells that something is wrong. */
  readonly byVerify: readonly string[];
  readonly wrongs: readonly Wrong[];
}

/** Holds what a page read of a damaged database against what was written. */
export function judgeReadings(truth: Everything, answer: Answer): Showing {
  const nothing = { atLoad: [], byVerify: [], wrongs: [] };
  if (answer.event === "nothing") {
    return { ...nothing, wrongs: [{ kind: "unanswered", reading: "the page", read: answer.why }] };
  }
  if (answer.event === "refused") {
    const { code } = answer.error;
    return code === undefined
      ? { ...nothing, wrongs: [untyped("opening", answer.error)] }
      : { ...nothing, atOpen: code };
  }
  const { readings, verifications } = answer;
  const failed = Object.entries({ ...readings, ...verifications }).flatMap(([name, { error }]) =>
    error && error.code === undefined ? [untyped(name, error)] : [],
  );
  const names = Object.keys(truth.readings);
  const codes = names.flatMap((name) => readings[name]?.error?.code ?? []);
  const others = names.filter((name) => isOther(truth.readings[name], readings[name]));
  const isTold = (name: string) => isToldBy(verifications, truth.readings[name]?.runtime);
  const silent = others.filter((name) => !isTold(name));
  return {
    atLoad: [...new Set(codes)],
    byVerify: others.filter(isTold),
    wrongs: [...failed, ...silent.map((name) => silence(name, truth.readings[name], readings[name]))],
  };
}

/** An error is no value. */
const isOther = (truth: Reading | undefined, read: Reading | undefined): boolean =>
  read?.error === undefined && !isDeepStrictEqual(read?.value, truth?.value);

/** Whether a verification tells of damage: that of a runtime, or any, for what concerns the whole store. */
function isToldBy(verifications: Everything["verifications"], runtime: string | undefined): boolean {
  return Object.values(verifications).some((verification) => {
    if (runtime !== undefined && verification.runtime !== runtime) return false;
    if (verification.error) return verification.error.code !== undefined;
    const findings = verification.value as readonly VerifyFinding[];
    // A notice tells of what may be so; a body of nobody's tells of no runtime.
    return findings.some(
      ({ code, severity }) => severity === "error" && (runtime === undefined || code !== "orphaned_body"),
    );
  });
}

const untyped = (reading: string, error: PlainError): Wrong => ({ kind: "untyped", reading, read: error });

const silence = (reading: string, truth: Reading | undefined, read: Reading | undefined): Wrong => ({
  kind: "silent",
  reading,
  truth: truth?.value,
  read: read?.value,
});
