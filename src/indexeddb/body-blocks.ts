import { RuntimeStoreError } from "../core/errors.ts";
import { BODIES, checksum } from "../engine/index.ts";

/** Bodies are cut into blocks of this many bytes; the last one is shorter. */
export const BLOCK_BYTES = 256 * 1024;

/** One stored block of a body. */
export interface BlockRow {
  readonly body_id: string;
  readonly block: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly checksum: number;
}

/** The blocks of a body. Each owns its bytes: a structured clone of a view would store all of the buffer behind it. */
export function* blocksOf(bodyId: string, body: Uint8Array<ArrayBuffer>): Generator<BlockRow> {
  for (let block = 0; block * BLOCK_BYTES < body.length; block++) {
    const bytes = body.slice(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    yield { body_id: bodyId, block, bytes, checksum: checksum(bytes) };
  }
}

/**
 * The body that the blocks make up, given by ascending number.
 * @throws {RuntimeStoreError} `corrupt_record` with the block that is missing, of a wrong length, or not what was written.
 */
export function joinBlocks(bodyId: string, blocks: readonly BlockRow[]): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(blocks.reduce((length, { bytes }) => length + bytes.length, 0));
  blocks.forEach(({ block, bytes, checksum: written }, index) => {
    const isWhole = block === index && (index === blocks.length - 1 || bytes.length === BLOCK_BYTES);
    if (!isWhole || checksum(bytes) !== written) {
      const row = { table: BODIES, key: [bodyId, index] };
      throw new RuntimeStoreError("corrupt_record", `block ${String(index)} of a session body is damaged`, { row });
    }
    body.set(bytes, index * BLOCK_BYTES);
  });
  return body;
}
