import { readFileSync } from "node:fs";

/** One recorded answer of the native runtime; `line` is its place in the file. */
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

type RecordedLine = Omit<Vector, "line" | "input"> & { readonly input?: string; readonly input_hex?: string };

/** The answers of a family that are of one kind. */
export function readVectors(family: "basics" | "sessions" | "records", kind: string): Vector[] {
  const text = readFileSync(new URL(`${family}.jsonl`, import.meta.url), "utf8");
  const vectors = text
    .trimEnd()
    .split("\n")
    .map((line, index) => {
      const { input, input_hex, ...recorded } = JSON.parse(line) as RecordedLine;
      const bytes = input === undefined ? Buffer.from(input_hex ?? "", "hex") : Buffer.from(input);
      return { ...recorded, input: bytes, line: index + 1 };
    });
  return vectors.filter((vector) => vector.kind === kind);
}
