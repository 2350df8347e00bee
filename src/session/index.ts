export { appendToSession } from "./append.ts";
export { assistantMessage, systemMessage, toolResultsMessage, userMessage } from "./messages.ts";
export { newSession } from "./new-session.ts";
export { encodeSession, readSession } from "./snapshot.ts";
export type * from "./session.ts";
export type { ContentBlock, RenderMetadata, SystemTime } from "../records/index.ts";
