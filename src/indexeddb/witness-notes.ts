import type { RuntimeStanding } from "../core/errors.ts";

/** What all keys begin with; behind it stands a JSON array of the database's name, and of a runtime's id. */
export const WITNESS_PREFIX = "burrow-store witness ";

/** What is noted of a database: which one it is, and whether it may be gone. */
export interface DatabaseNote {
  /** Of the database that was last written to. Identities sort by the time they were made. */
  readonly identity?: string | undefined;
  /** How many transactions have written to it. */
  readonly writes?: number | undefined;
  /** It was deleted on purpose, or its loss was accepted. */
  readonly isGivenUp?: boolean | undefined;
  /** What the browser said when it had lost it. */
  readonly reported?: string | undefined;
}

/** What is noted of a runtime, and of which database. */
export type RuntimeNote = RuntimeStanding & { readonly identity: string };

export const databaseKey = (database: string): string => WITNESS_PREFIX + JSON.stringify([database]);
export const runtimeKey = (database: string, runtimeId: string): string =>
  WITNESS_PREFIX + JSON.stringify([database, runtimeId]);
/** What the keys of all runtimes of a database begin with, and no other. */
export const runtimeKeys = (database: string): string => `${databaseKey(database).slice(0, -1)},`;

/** The note that a text holds; one that is damaged says nothing. */
export function databaseNoteOf(text: string | undefined): DatabaseNote {
  const { identity, writes, isGivenUp, reported } = parsed(text);
  return {
    identity: textOf(identity),
    writes: Number.isSafeInteger(writes) ? Number(writes) : undefined,
    isGivenUp: isGivenUp === true,
    reported: textOf(reported),
  };
}

export function runtimeNoteOf(text: string | undefined): RuntimeNote | undefined {
  const { identity, runtime_id, revision, conversation_digest } = parsed(text);
  if (typeof identity !== "string" || typeof runtime_id !== "string" || !Number.isSafeInteger(revision))
    return undefined;
  const standing = { identity, runtime_id, revision: Number(revision) };
  return typeof conversation_digest === "string" ? { ...standing, conversation_digest } : standing;
}

/** Whether one standing is of a later time than another; of two at one revision, the one that was told last. */
export function goesBeyond(standing: RuntimeStanding, known: RuntimeStanding): boolean {
  if (standing.revision !== known.revision) return standing.revision > known.revision;
  return standing.conversation_digest !== known.conversation_digest;
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
