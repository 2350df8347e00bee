import type { DumpedSession, RuntimeDump } from "../contract/index.ts";
import type { SessionId } from "../core/ids.ts";
import { sha256Of } from "../digest/sha256.ts";

const OWNED = "owned";

/**
 * The sessions that stand in an archive so far. Runtimes are read one after the other, so that a session which moves from one to
 * another meanwhile could stand there twice, and no catalog takes both.
 */
export class SessionsSeen {
  readonly #contents = new Map<SessionId, string>();

  /** Whether a session may stand in the dump too: as it is here for the first time, or saved by hand and the same as before. */
  takes({ session_id, owned, snapshot }: DumpedSession, { session_snapshot }: RuntimeDump): boolean {
    const bytes = snapshot ?? session_snapshot;
    const content = owned || !bytes ? OWNED : sha256Of(bytes);
    const before = this.#contents.get(session_id);
    if (before === undefined) this.#contents.set(session_id, content);
    return before === undefined || (content !== OWNED && content === before);
  }
}
