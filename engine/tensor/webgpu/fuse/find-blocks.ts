import type { View } from '../../plan';
import type { MambaBlock } from './block';
import { backwardBlockAt } from './find-backward';
import { forwardBlockAt } from './find-forward';
import type { Surroundings } from './surroundings';

/** What a block reads; everything else in its views is written. */
const READ: readonly string[] = ['x', 'dy', 'projected', 'u', 'delta', 'selection'];

export function isRead(block: MambaBlock, name: string): boolean {
  return block.direction === 'backward' ? READ.includes(name) : name === 'x';
}

/**
 * The Mamba blocks of a plan that fit into workgroups of `memory` bytes. What one stores is only what launches outside
 * of blocks, or other blocks, read: a backward block computes much again that the forward pass had.
 */
export function findBlocks(around: Surroundings, memory: number): MambaBlock[] {
  const { launches, arena } = around.wide;
  const found = launches.flatMap((_, l) => {
    const block = forwardBlockAt(l, around, memory) ?? backwardBlockAt(l, around, memory);
    return block ? [block] : [];
  });
  const taken = new Set(found.flatMap((block) => block.launches));
  const read = new Set<number>();
  const note = (view: View | null) => {
    if (view?.space === 'arena') read.add(arena.at(view.offset));
  };
  launches.forEach((launch, l) => {
    if (!taken.has(l)) launch.inputs.forEach(note);
  });
  for (const block of found) for (const [name, view] of Object.entries(block.views)) if (isRead(block, name)) note(view);
  const wanted = (view: View) => read.has(arena.at(view.offset)) || arena.tensors[arena.at(view.offset)]!.kept;
  return found.map((block) => ({
    ...block,
    views: Object.fromEntries(
      Object.entries(block.views).map(([name, view]) => [name, view && (isRead(block, name) || wanted(view)) ? view : null]),
    ),
  }));
}
