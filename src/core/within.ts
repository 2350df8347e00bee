import { isRuntimeStoreError, RuntimeStoreError } from "./errors.ts";

/** Runs what parses or prints a part of something, and puts `path` before the path that its refusal names. */
export function within<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isRuntimeStoreError(error) || (error.code !== "invalid_input" && error.code !== "unsupported")) throw error;
    const { path: inner = "", byteOffset, cause } = error;
    const joined = inner === "" || inner.startsWith("[") ? path + inner : `${path}.${inner}`;
    throw new RuntimeStoreError(error.code, `${path}: ${error.detail}`, { path: joined, byteOffset, cause });
  }
}
