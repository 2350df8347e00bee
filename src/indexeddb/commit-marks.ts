import { newUuid } from "../core/ids.ts";

/** Longer than any commit can be in doubt: marks that are older were left by tabs that died. */
const DAY = 24 * 60 * 60 * 1000;

/** What a readwrite transaction writes last, so that it can be found out later whether it was committed. */
export interface CommitMark {
  readonly commit_id: string;
  /** Keys, or ranges of them, of marks that nobody will look for. */
  readonly forgotten: readonly (string | IDBKeyRange)[];
}

/** The marks of one connection's commits. Each stays until the next commit, by which time it is known how the first one ended. */
export class CommitMarks {
  #forgotten: readonly (string | IDBKeyRange)[] | undefined;

  next(): CommitMark {
    this.#forgotten ??= [IDBKeyRange.upperBound(firstIdOf(Date.now() - DAY))];
    return { commit_id: newUuid(), forgotten: this.#forgotten };
  }

  /** Takes note that a transaction was committed: its mark is not needed any more, and those that it removed are gone. */
  settle({ commit_id, forgotten }: CommitMark): void {
    this.#forgotten = [...(this.#forgotten ?? []).filter((key) => !forgotten.includes(key)), commit_id];
  }
}

/** Whether the mark of a commit is so old that another tab may remove it, by a clock that may have been set since. */
export function mayBeForgotten(commitId: string): boolean {
  return commitId < firstIdOf(Date.now() - DAY / 2);
}

/** Commit ids are UUIDs v7, which begin with the milliseconds since the epoch in 12 hexadecimal digits. */
function firstIdOf(milliseconds: number): string {
  const digits = milliseconds.toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}
