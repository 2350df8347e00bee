/** The kinds of typed arrays that every supported browser has; their names are part of the stored format. */
const CONSTRUCTORS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

export type TypedArrayName = keyof typeof CONSTRUCTORS;
export type TypedArray = InstanceType<(typeof CONSTRUCTORS)[TypedArrayName]>;

type Maker = new (source: ArrayBuffer | TypedArray) => TypedArray;

const names = new Map<unknown, TypedArrayName>(
  Object.entries(CONSTRUCTORS).map(([name, { prototype }]) => [prototype, name as TypedArrayName]),
);

/** The name of a typed array's kind; `undefined` for any other view, for a subclass such as Node's `Buffer`, and for other realms. */
export function typedArrayName(view: ArrayBufferView): TypedArrayName | undefined {
  return names.get(Object.getPrototypeOf(view));
}

/**
 * A typed array of the same kind and bytes in a buffer of its own, or `undefined` for what is none.
 * Throws a `TypeError` for a detached one. Members that were hung on the array are not looked for: it would cost a name per element.
 */
export function copyTypedArray(view: ArrayBufferView): TypedArray | undefined {
  const name = typedArrayName(view);
  return name && new (CONSTRUCTORS[name] as Maker)(view as TypedArray);
}

/** Bytes as base64 text, in the byte order of the platform: every one that runs a browser is little-endian. */
export function toBase64(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let binary = "";
  // A call takes a bounded number of arguments.
  for (let at = 0; at < bytes.length; at += 0x2000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  return btoa(binary);
}

/** The typed array whose bytes `toBase64` wrote. Throws for a name or a text that this module did not write. */
export function fromBase64(name: TypedArrayName, text: string): TypedArray {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return new (CONSTRUCTORS[name] as Maker)(bytes.buffer);
}
