import { readFileSync } from "node:fs";

/** One recorded answer of the native runtime. */
export interface Vector {
  readonly line: number;
  readonly kind: string;
  readonly input: Uint8Array;
  readonly ok: boolean;
  readonly output?: string | undefined;
  readonly session?: string | undefined;
  readonly messages?: string | undefined;
  readonly message_count?: number | undefined;
  readonly digest?: string | undefined;
}

/** The answers of one family that are of the given kind. */
export function readVectors(family: "basics" | "sessions" | "records", kind: string): Vector[] {
  const lines = readFileSync(new URL(`${family}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  const vectors = lines.map((text, index) => {
    const parsed = JSON.parse(text) as Vector & { input?: string; input_hex?: string };
    const input =
      parsed.input_hex === undefined ? Buffer.from(parsed.input ?? "") : Buffer.from(parsed.input_hex, "hex");
    return { ...parsed, input, line: index + 1 };
  });
  return vectors.filter((vector) => vector.kind === kind);
}

/** What a function answers, or that it refused; anything but a typed refusal is thrown on. */
export function answer<T>(read: () => T): { ok: true; value: T } | { ok: false } {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if ((error as { code?: string }).code === "invalid_snapshot") return { ok: false };
    throw error;
  }
}
