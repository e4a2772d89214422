import { aligned } from './tensors';

/** A block of scratch memory and the waves during which it is used, both ends included. */
export interface Block {
  readonly length: number;
  from: number;
  to: number;
}

/** Lays blocks out so that those in use at the same time lie apart: largest first, each as low as it fits. */
export function layOutBlocks(blocks: readonly Block[]): { readonly offsets: Float64Array; readonly length: number } {
  const offsets = new Float64Array(blocks.length);
  const order = blocks.map((_, i) => i).sort((a, b) => blocks[b]!.length - blocks[a]!.length || a - b);
  const placed: { readonly block: Block; readonly start: number; readonly end: number }[] = [];
  let length = 0;
  for (const i of order) {
    const block = blocks[i]!;
    const size = aligned(block.length);
    let offset = 0;
    for (const other of placed) {
      if (other.block.to < block.from || other.block.from > block.to) continue;
      if (other.start >= offset + size) break;
      offset = Math.max(offset, other.end);
    }
    offsets[i] = offset;
    const at = placed.findIndex((other) => other.start > offset);
    placed.splice(at < 0 ? placed.length : at, 0, { block, start: offset, end: offset + size });
    length = Math.max(length, offset + size);
  }
  return { offsets, length };
}
