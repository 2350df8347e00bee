export { ByteWriter } from "./byte-writer.ts";
export { writeCanonicalObject, writeCanonicalValue } from "./canonical-value.ts";
export { compareCodePoints } from "./code-points.ts";
export { JsonCursor, Kind } from "./cursor.ts";
export { documentBytes, ownBytes } from "./document-bytes.ts";
export { readJsonText, textFacts, type TextFacts } from "./plain-value.ts";
export { printF32, printF64, roundToF32 } from "./print-number.ts";
export { JsonTape } from "./tape.ts";
export { writeRawText } from "./text.ts";
