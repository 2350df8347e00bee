import { RuntimeStoreError } from "../core/errors.ts";

/** The name of a member, or the index of an element. */
export type PathStep = string | number;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A refused value: where it stands, as `history[2].from`, and what is wrong with it. */
export function invalidInput(steps: readonly PathStep[], what: string, cause?: unknown): RuntimeStoreError {
  const path = pathText(steps);
  return new RuntimeStoreError("invalid_input", path === "" ? what : `${path}: ${what}`, { path, cause });
}

export function pathText(steps: readonly PathStep[]): string {
  let path = "";
  for (const step of steps) {
    if (typeof step === "string" && IDENTIFIER.test(step)) path += path === "" ? step : `.${step}`;
    else path += `[${JSON.stringify(step)}]`;
  }
  return path;
}
