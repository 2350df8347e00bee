import { isRuntimeStoreError, type RuntimeStoreError } from "../../src/core/errors.ts";

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const decoded = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** The library's error that a call throws; any other error passes through, and none is one too. */
export function refusal(call: () => unknown): RuntimeStoreError {
  try {
    call();
  } catch (error) {
    if (isRuntimeStoreError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
