import type { LaunchOf, View } from '../../plan';
import type { Surroundings } from './surroundings';

/** The weights of a Mamba block as the plan has them, all groups. */
export interface BlockWeights {
  readonly norm: View;
  readonly inProjection: View;
  readonly convolution: View;
  readonly convolutionBias: View;
  readonly selection: View;
  readonly step: View;
  readonly stepBias: View;
  readonly aLog: View;
  readonly skip: View;
  readonly outProjection: View;
}

export interface BlockShape {
  readonly groups: number;
  readonly width: number;
  readonly inner: number;
  readonly states: number;
  readonly rank: number;
  readonly taps: number;
  /** Rows of the longest segment, in fours. */
  readonly quads: number;
  readonly eps: number;
  readonly reversed: boolean;
}

/** A Mamba block found among the launches of a plan: what one fused kernel does. */
export interface MambaBlock {
  readonly direction: 'forward' | 'backward';
  /** Launches that it replaces. */
  readonly launches: readonly number[];
  /** The launch whose segments are the block's. */
  readonly scan: LaunchOf<'selective-scan'> | LaunchOf<'selective-scan-backward'>;
  readonly shape: BlockShape;
  readonly weights: BlockWeights;
  /** By operand of the shader; absent where nothing outside reads it. */
  readonly views: Readonly<Record<string, View | null>>;
  /** Backward: whether the gradient beside the block is added, and sums over segments that are wanted. */
  readonly residual: boolean;
  readonly sums: readonly { readonly part: string; readonly columns: number; readonly output: View }[];
}

/** Rows of the longest segment in fours; null where a segment is empty or too long for workgroup memory. */
export function quadsOf(segments: Int32Array): number | null {
  let longest = 0;
  for (let s = 0; s + 1 < segments.length; s++) {
    const length = segments[s + 1]! - segments[s]!;
    if (length < 1) return null;
    longest = Math.max(longest, length);
  }
  const quads = Math.ceil(longest / 4);
  return quads > 0 && quads <= MOST_QUADS ? quads : null;
}
const MOST_QUADS = 8;

/** Inner channels that the products inside a workgroup deal to its threads. */
export const MOST_CHANNELS = 256;

/** How a kernel deals a block to the threads of a workgroup: constants of the shaders. */
export interface Dealing {
  readonly THREADS: number;
  /** Quads of rows of each half of the threads (of 128), at most. */
  readonly OWN: number;
  /** Threads of a channel in the scan, and vec4s of states of each. */
  readonly SHARES: number;
  readonly PER4: number;
}

type Size = Pick<BlockShape, 'inner' | 'width' | 'states' | 'rank' | 'quads'>;

/**
 * The dealing with the most threads that fits into `memory` bytes of workgroup memory; null if none does. A
 * multiprocessor often has room for one such workgroup alone, so that its threads are all that hide each other's waiting.
 */
export function dealingFor(direction: MambaBlock['direction'], size: Size, memory: number): Dealing | null {
  const quadsOfStates = Math.ceil(size.states / 4);
  for (const THREADS of [256, 128]) {
    const SHARES = quadsOfStates % 2 === 0 && 2 * size.inner <= THREADS ? 2 : 1;
    const dealing = { THREADS, OWN: Math.ceil((128 * size.quads) / THREADS), SHARES, PER4: quadsOfStates / SHARES };
    const needed = direction === 'forward' ? forwardMemory(size) : backwardMemory(size, dealing);
    if (needed <= memory) return dealing;
  }
  return null;
}

const selectionQuads = ({ rank, states }: Size) => Math.ceil(rank / 4) + 2 * Math.ceil(states / 4);

/** vec4s through which the products inside a workgroup are joined (shaders/mamba-product.wgsl). */
const SCRATCH = 512;

/** Bytes of workgroup memory of shaders/mamba-block.wgsl. */
function forwardMemory(size: Size): number {
  const { inner, width, quads } = size;
  return 16 * (inner * quads + SCRATCH + quads * Math.max(width, 4 * selectionQuads(size))) + 4 * 36 * quads;
}

/** Bytes of workgroup memory of shaders/mamba-block-backward.wgsl. */
function backwardMemory(size: Size, { THREADS, SHARES, PER4 }: Dealing): number {
  const { inner, width, quads, rank } = size;
  const selection = selectionQuads(size);
  const exchange = Math.max(SHARES > 1 ? (6 * THREADS) / SHARES : 0, SCRATCH);
  const lists = PER4 + Math.ceil(Math.ceil(rank / 4) / 2);
  const sums = Math.max((lists * THREADS) / 2, Math.max(width, 4 * selection) * quads);
  return 16 * (2 * inner * quads + exchange + sums + 4 * quads * selection) + 64 * quads * selection;
}

/** Whether all launches of a block can run where its first one does: what they need from elsewhere is there by then. */
export function runsAtOnce(launches: readonly number[], around: Surroundings): boolean {
  const inside = new Set(launches);
  const first = Math.min(...launches);
  const last = Math.max(...launches);
  const variables = new Set<string>();
  for (const l of launches) {
    for (const view of around.wide.launches[l]!.inputs) {
      if (view?.space === 'variable') variables.add(view.group);
      if (view?.space !== 'arena') continue;
      if (around.writersOf(view).some((writer) => !inside.has(writer) && writer > first && writer < l)) return false;
    }
  }
  // No weight may change between the first and the last of them.
  for (let l = first; l < last; l++) {
    for (const view of around.wide.launches[l]!.outputs)
      if (view?.space === 'variable' && variables.has(view.group)) return false;
  }
  return true;
}
