import { type ChatPersistedState, indexedDBPersistence } from "@tanstack/ai-client";
import type { Adapter } from "../adapter.ts";

/**
 * Its storage itself, which tells of failures: `ChatClient` writes to it behind the app's back, and ignores them. A chat
 * is one record, so the receipt goes into it, as the id of the message.
 */
export const openTanStackAi: Adapter = (databaseName) => {
  const chats = indexedDBPersistence({ databaseName });
  return Promise.resolve({
    async save(key, { snapshot, receipt }) {
      const parts = [{ type: "text" as const, content: snapshot }];
      await chats.setItem(key, { messages: [{ id: String(receipt), role: "assistant", parts }] });
    },
    async load(key) {
      const chat = (await chats.getItem(key)) as ChatPersistedState | undefined;
      const message = chat?.messages[0];
      const [part] = message?.parts ?? [];
      return {
        ...(part?.type === "text" ? { snapshot: part.content } : {}),
        ...(message ? { receipt: Number(message.id) } : {}),
      };
    },
  });
};
