// Memory of kinds that not every platform has, or has under a constructor that pages may use.

const PAGE = 64 * 1024;

interface GrowableMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** A WebAssembly memory of one page that can grow, or `undefined` where there is no WebAssembly. */
export const wasmMemory = (): GrowableMemory | undefined => memory({ initial: 1, maximum: 4 });

/** Memory shared between threads, also in pages that are not cross-origin isolated, or `undefined` where there is none. */
export function sharedBuffer(): ArrayBufferLike | undefined {
  if (typeof SharedArrayBuffer === "function") return new SharedArrayBuffer(PAGE);
  return memory({ initial: 1, maximum: 1, shared: true })?.buffer;
}

interface Resizable {
  readonly buffer: ArrayBuffer;
  resize(length: number): void;
}

/** A buffer that can change its length, or `undefined` on platforms older than ES2024. */
export function resizableBuffer(length: number): Resizable | undefined {
  const make = ArrayBuffer as new (length: number, options: { readonly maxByteLength: number }) => ArrayBuffer;
  const buffer = new make(length, { maxByteLength: PAGE }) as ArrayBuffer & { resize?: (length: number) => void };
  if (typeof buffer.resize !== "function") return undefined;
  return { buffer, resize: (to) => buffer.resize?.(to) };
}

function memory(descriptor: { initial: number; maximum: number; shared?: boolean }): GrowableMemory | undefined {
  if (typeof WebAssembly !== "object") return undefined;
  try {
    return new WebAssembly.Memory(descriptor);
  } catch {
    return undefined;
  }
}
