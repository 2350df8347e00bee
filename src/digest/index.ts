export { canonicalMessages, canonicalSession, canonicalValue, conversationDigest } from "./canonical-forms.ts";
