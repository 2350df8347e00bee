import type { DumpedSession, RuntimeDump } from "../contract/index.ts";
import { RuntimeStoreError } from "../core/errors.ts";
import type { SessionId } from "../core/ids.ts";
import { sha256Of } from "../digest/sha256.ts";

const OWNED = "owned";

/**
 * The sessions of the runtimes of an archive so far. They are read one after the other, so that a session which goes from one to
 * another meanwhile could stand there twice, and no catalog takes both: only one that was saved by hand may, the same both times.
 */
export class SessionsSeen {
  readonly #contents = new Map<SessionId, string>();

  /** Whether a session cannot stand in the archive once more, as the dump has it. */
  clashes(session: DumpedSession, dump: RuntimeDump): boolean {
    const before = this.#contents.get(session.session_id);
    return before !== undefined && (before === OWNED || before !== contentOf(session, dump));
  }

  /**
   * Demands that a dump can stand in the archive too.
   * @throws {RuntimeStoreError} `invalid_input` for one with a session that clashes.
   */
  assertNoneIn(dump: RuntimeDump): void {
    const again = dump.sessions.find((session) => this.clashes(session, dump));
    if (again)
      throw new RuntimeStoreError("invalid_input", `session ${again.session_id} stands in another runtime too`);
  }

  add(dump: RuntimeDump): void {
    for (const session of dump.sessions) this.#contents.set(session.session_id, contentOf(session, dump));
  }
}

function contentOf({ owned, snapshot }: DumpedSession, { session_snapshot }: RuntimeDump): string {
  const bytes = snapshot ?? session_snapshot;
  return owned || !bytes ? OWNED : sha256Of(bytes);
}
