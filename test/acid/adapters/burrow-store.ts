import { newRunId } from "../../../src/index.ts";
import { openIndexedDbRuntimeStore } from "../../../src/indexeddb/index.ts";
import { encodeSession, newSession, readSession, userMessage } from "../../../src/session/index.ts";
import type { Adapter } from "../adapter.ts";

/** As the README's quick start does: the revision that was seen last is the one to be expected. */
export const openBurrowStore: Adapter = async (name) => {
  const store = await openIndexedDbRuntimeStore({ name });
  let session = newSession();
  let expectedRevision = 0;
  return {
    async save(key, { snapshot, receipt }) {
      session = { ...session, messages: [userMessage(snapshot)] };
      await store.commitSessionBoundary(key, {
        runId: newRunId(),
        boundary: "run_start",
        sessionDelta: { sessionSnapshot: encodeSession(session) },
        contributingInputIds: [],
        inputUpdates: [],
        operationId: String(receipt),
        expectedRevision,
      });
      expectedRevision++;
    },
    async load(key) {
      const { revision, sessionSnapshot } = await store.loadRuntime(key);
      expectedRevision = revision;
      if (!sessionSnapshot) return {};
      session = readSession(sessionSnapshot);
      const [message] = session.messages;
      const last = (await store.listBoundaryReceipts(key)).at(-1);
      return {
        ...(message?.role === "user" && typeof message.content === "string" ? { snapshot: message.content } : {}),
        ...(last ? { receipt: Number(last.operation_id) } : {}),
      };
    },
  };
};
