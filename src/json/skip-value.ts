import type { JsonCursor } from "./cursor.ts";
import { skipNumber } from "./scan-number.ts";
import { skipText } from "./scan-text.ts";

const CLOSE_BRACE = 0x7d;

/**
 * Goes over a value that nobody wants, as serde_json 1.0.149 ignores one: its strings are not decoded, its numbers may have
 * any size, and its depth has no limit.
 */
export function skipValue(cursor: JsonCursor): void {
  /** The closing brackets of the containers around the place. */
  let closing = new Uint8Array(64);
  let depth = 0;
  for (;;) {
    const first = cursor.peek();
    if (first === 0x7b || first === 0x5b) {
      const close = first + 2;
      if (cursor.enter(close)) {
        if (depth === closing.length) closing = doubled(closing);
        closing[depth++] = close;
        if (close === CLOSE_BRACE) skipName(cursor);
        continue;
      }
    } else if (first === 0x22) {
      skipText(cursor);
    } else if (first === 0x2d || (first >= 0x30 && first <= 0x39)) {
      skipNumber(cursor);
    } else {
      cursor.literal();
    }
    while (depth > 0 && !cursor.more(closing[depth - 1] as number)) depth--;
    if (depth === 0) return;
    if (closing[depth - 1] === CLOSE_BRACE) skipName(cursor);
  }
}

function skipName(cursor: JsonCursor): void {
  cursor.expectName();
  skipText(cursor);
  cursor.expectColon();
}

function doubled(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}
