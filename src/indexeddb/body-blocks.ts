import { RuntimeStoreError } from "../core/errors.ts";
import { Block, BODIES, Body, checksum } from "../engine/index.ts";

/**
 * The longest block that stays in LevelDB's log. Chromium keeps values over 64 KiB in files of their own, which only a strict
 * transaction syncs with the log that tells of them: after a power cut a receipt without its body.
 */
export const LONGEST_IN_LOG = 60 * 1024;

/**
 * The lengths of the blocks of a body: long ones are loaded faster, and behind the last of them, where a session grows, a commit
 * writes less. No more of a body lies in the log than one long block has.
 */
export const BLOCK_SIZES = [1024 * 1024, 256 * 1024, LONGEST_IN_LOG];

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

/** The checksum of the blocks' checksums: it tells a body from one in which a block of another writing stands. */
export function sealOf(blocks: readonly Pick<BlockRow, "checksum">[]): number {
  return checksum(new Uint8Array(Uint32Array.from(blocks, (block) => block.checksum).buffer));
}

/**
 * The body that the stored blocks make up, given by ascending number.
 * @throws {RuntimeStoreError} `corrupt_record` with the block that is missing, or not what was written.
 */
export function bodyOf(bodyId: string, rows: readonly BlockRow[], seal: number | undefined): Body {
  const blocks = rows.map((row: Partial<BlockRow> | null | undefined, index) => {
    const { block, bytes, checksum: written } = row ?? {};
    if (block !== index || !(bytes instanceof Uint8Array) || checksum(bytes) !== written) throw damaged(bodyId, index);
    return new Block(bytes, written);
  });
  if (sealOf(blocks) !== seal) throw damaged(bodyId);
  return new Body(blocks);
}

function damaged(bodyId: string, block?: number): RuntimeStoreError {
  const row = { table: BODIES, key: block === undefined ? [bodyId] : [bodyId, block] };
  return new RuntimeStoreError("corrupt_record", `the body ${bodyId} is not what was written`, { row });
}
