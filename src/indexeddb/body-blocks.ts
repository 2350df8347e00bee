import { RuntimeStoreError } from "../core/errors.ts";
import { BODIES, checksum } from "../engine/index.ts";

/** Bodies are cut into blocks of this many bytes; the last one is shorter. */
export const BLOCK_BYTES = 256 * 1024;

/**
 * The same, in a transaction that is not strict. Chromium's LevelDB engine keeps values over 64 KiB in files of their own, which
 * only a strict one syncs with the log that tells of them: after a power cut a receipt without its body.
 */
export const BLOCK_BYTES_IN_LOG = 60 * 1024;

/**
 * About how many bytes may be written between two strict transactions. LevelDB begins a new log every 4 MiB, and does not sync the
 * one before: of what lies in both, a power cut may keep the later part alone.
 */
export const MOST_BYTES_IN_LOG = 256 * 1024;

/** One stored block of a body. */
export interface BlockRow {
  readonly body_id: string;
  readonly block: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly checksum: number;
}

/** The blocks of a body. Each owns its bytes: a structured clone of a view would store all of the buffer behind it. */
export function blocksOf(bodyId: string, body: Uint8Array<ArrayBuffer>, blockBytes: number): BlockRow[] {
  return Array.from({ length: Math.ceil(body.length / blockBytes) }, (_, block) => {
    const bytes = body.slice(block * blockBytes, (block + 1) * blockBytes);
    return { body_id: bodyId, block, bytes, checksum: checksum(bytes) };
  });
}

/** The checksum of the blocks' checksums: it tells a body from one in which a block of another writing stands. */
export function sealOf(blocks: readonly BlockRow[]): number {
  return checksum(new Uint8Array(Uint32Array.from(blocks, (block) => block.checksum).buffer));
}

/**
 * The body that the blocks make up, given by ascending number; all but the last are as long as the first.
 * @throws {RuntimeStoreError} `corrupt_record` with the block that is missing, of a wrong length, or not what was written.
 */
export function joinBlocks(
  bodyId: string,
  blocks: readonly BlockRow[],
  seal: number | undefined,
): Uint8Array<ArrayBuffer> {
  let length = 0;
  blocks.forEach((row: Partial<BlockRow> | null | undefined, index) => {
    const { block, bytes, checksum: written } = row ?? {};
    const isBlock = block === index && bytes instanceof Uint8Array && checksum(bytes) === written;
    if (!isBlock || (index < blocks.length - 1 && bytes.length !== blocks[0]?.bytes.length))
      throw damaged(bodyId, index);
    length += bytes.length;
  });
  if (sealOf(blocks) !== seal) throw damaged(bodyId);
  const body = new Uint8Array(length);
  let offset = 0;
  for (const { bytes } of blocks) {
    body.set(bytes, offset);
    offset += bytes.length;
  }
  return body;
}

function damaged(bodyId: string, block?: number): RuntimeStoreError {
  const row = { table: BODIES, key: block === undefined ? [bodyId] : [bodyId, block] };
  return new RuntimeStoreError("corrupt_record", `the body ${bodyId} is not what was written`, { row });
}
