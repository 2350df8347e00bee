import type { RuntimeStanding } from "../core/errors.ts";

/** What all keys begin with; behind it stand JSON arrays. */
export const WITNESS_PREFIX = "burrow-store witness ";

/** What is noted of the database of a name. */
export interface DatabaseNote {
  /** Which one it is. */
  readonly identity: string;
  /** How many transactions have written to it. */
  readonly writes: number;
  /** What the browser said when it had lost it. */
  readonly reported?: string | undefined;
}

/** What is noted of a runtime, and of which database. */
export type RuntimeNote = RuntimeStanding & { readonly identity: string };

export const databaseKey = (database: string): string => WITNESS_PREFIX + JSON.stringify([database]);
export const runtimeKey = (database: string, runtimeId: string): string =>
  WITNESS_PREFIX + JSON.stringify([database, runtimeId]);
/** What the keys of all databases begin with that were given up. */
export const ANY_GIVEN_UP = `${WITNESS_PREFIX}given up `;
/** Under it stands that a database was deleted on purpose, or its loss accepted: notes of it say nothing, also later ones. */
export const givenUpKey = (database: string, identity: string): string =>
  `${ANY_GIVEN_UP}${JSON.stringify([database, identity])}`;

/** What the keys of all runtimes of a database begin with, and no other. */
export const runtimeKeys = (database: string): string => `${databaseKey(database).slice(0, -1)},`;
/** The same of the databases of a name that were given up. */
export const givenUpKeys = (database: string): string => givenUpKey(database, "").slice(0, -3);

/** The identity in a key of `givenUpKey`. */
export function identityIn(givenUpKey: string): string | undefined {
  const [, identity] = parsed<unknown[]>(givenUpKey.slice(givenUpKey.indexOf("["))) ?? [];
  return typeof identity === "string" ? identity : undefined;
}

/** The note that a text holds; one that is damaged says nothing. */
export function databaseNoteOf(text: string | undefined): DatabaseNote | undefined {
  const { identity, writes, reported } = parsed<Readonly<Record<string, unknown>>>(text) ?? {};
  if (typeof identity !== "string") return undefined;
  const note = { identity, writes: Number.isSafeInteger(writes) ? Number(writes) : 0 };
  return typeof reported === "string" ? { ...note, reported } : note;
}

export function runtimeNoteOf(text: string | undefined): RuntimeNote | undefined {
  const given = parsed<Readonly<Record<string, unknown>>>(text) ?? {};
  const { identity, runtime_id, revision, conversation_digest } = given;
  if (typeof identity !== "string" || typeof runtime_id !== "string" || !Number.isSafeInteger(revision))
    return undefined;
  const standing = { identity, runtime_id, revision: Number(revision) };
  return typeof conversation_digest === "string" ? { ...standing, conversation_digest } : standing;
}

/** How far the runtimes of one database have come by these notes. */
export function standingsOf(notes: readonly RuntimeNote[], identity: string): Map<string, RuntimeStanding> {
  const ofDatabase = notes.filter((note) => note.identity === identity);
  return new Map(ofDatabase.map(({ identity: _, ...standing }) => [standing.runtime_id, standing]));
}

export const textOf = (note: DatabaseNote | RuntimeNote): string => JSON.stringify(note);

/** Whether one standing is of a later time than another; of two at one revision, the one that was told last. */
export function goesBeyond(standing: RuntimeStanding, known: RuntimeStanding): boolean {
  if (standing.revision !== known.revision) return standing.revision > known.revision;
  return standing.conversation_digest !== known.conversation_digest;
}

function parsed<T extends object>(text: string | undefined): T | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
