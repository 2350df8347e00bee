/**
 * Where a store notes how far it has come, outside the database that it is to bear witness of: short texts under keys. An app
 * may bring its own, such as a file of an Electron app. Every method may answer at once or by a promise, and may fail: a
 * store does no less for it, it only notices less of what the browser loses.
 */
export interface WitnessStorage {
  get(key: string): string | undefined | Promise<string | undefined>;
  set(key: string, text: string): void | Promise<void>;
  delete(key: string): void | Promise<void>;
  /** The keys that begin with a prefix, in any order. */
  keys(prefix: string): readonly string[] | Promise<readonly string[]>;
}

/** A window's storage: it takes microseconds, and its own tabs see what it notes at once. */
export function localStorageWitness(): WitnessStorage | undefined {
  try {
    const { localStorage } = globalThis as { localStorage?: Storage };
    if (!localStorage) return undefined;
    return {
      get: (key) => localStorage.getItem(key) ?? undefined,
      set: (key, text) => {
        localStorage.setItem(key, text);
      },
      delete: (key) => {
        localStorage.removeItem(key);
      },
      keys: (prefix) =>
        Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? "").filter((key) =>
          key.startsWith(prefix),
        ),
    };
  } catch {
    return undefined; // SecurityError: an origin that may not store anything
  }
}

const FOLDER = "burrow-store-witness";

/** The longest name of a file that is sure to be taken everywhere. */
const LONGEST_NAME = 200;

/**
 * A worker's storage: one file a key in the origin private file system, which holds the key and the text. `undefined` where there
 * is none that can be written to (WebKitGTK 2.50, Safari before 26, insecure origins).
 */
export function fileWitness(): WitnessStorage | undefined {
  const { navigator, FileSystemFileHandle } = globalThis as {
    navigator?: { storage?: { getDirectory?: () => Promise<FileSystemDirectoryHandle> } };
    FileSystemFileHandle?: { prototype: object };
  };
  const isWritable = FileSystemFileHandle && "createWritable" in FileSystemFileHandle.prototype;
  if (!isWritable || !navigator?.storage?.getDirectory) return undefined;
  const folder = async () => {
    const root = await navigator.storage?.getDirectory?.();
    if (!root) throw new Error("there is no origin private file system");
    return root.getDirectoryHandle(FOLDER, { create: true });
  };
  return {
    async get(key) {
      const handle = await ifThere((await folder()).getFileHandle(await nameOf(key)));
      const content = handle && (await contentOf(handle));
      return content?.key === key ? content.text : undefined; // where the case of names does not matter, it may be another's
    },
    async set(key, text) {
      const handle = await (await folder()).getFileHandle(await nameOf(key), { create: true });
      const stream = await handle.createWritable();
      await stream.write(JSON.stringify([key, text]));
      await stream.close(); // now it takes the place of the former file, whole or not at all
    },
    async delete(key) {
      await ifThere((await folder()).removeEntry(await nameOf(key)));
    },
    async keys(prefix) {
      const keys: string[] = [];
      for await (const [name, handle] of (await folder()).entries()) {
        const key = await keyOf(name, handle as FileSystemFileHandle).catch(() => undefined); // half made, or gone since
        if (key?.startsWith(prefix)) keys.push(key);
      }
      return keys;
    },
  };
}

/** A key as the name of a file; one that is too long for that, by its SHA-256. */
async function nameOf(key: string): Promise<string> {
  const name = encodeURIComponent(key).replaceAll("*", "%2A");
  if (name.length <= LONGEST_NAME) return name;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  return `#${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

async function keyOf(name: string, handle: FileSystemFileHandle): Promise<string> {
  return name.startsWith("#") ? (await contentOf(handle)).key : decodeURIComponent(name);
}

/** A file that is replaced while it is read is read again. */
async function contentOf(handle: FileSystemFileHandle, attempts = 5): Promise<{ key: string; text: string }> {
  try {
    const [key, text] = JSON.parse(await (await handle.getFile()).text()) as [string, string];
    return { key, text };
  } catch (error) {
    if (attempts <= 1) throw error;
    return contentOf(handle, attempts - 1);
  }
}

async function ifThere<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as { name?: string } | null)?.name === "NotFoundError") return undefined;
    throw error;
  }
}
