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
const MOST_CHANNELS = 256;

/** Taps of a convolution that needs four rows and the four before them. */
const MOST_TAPS = 5;

/** How a kernel deals a block to the threads of a workgroup: constants of the shaders. */
export interface Dealing {
  readonly THREADS: number;
  /** Quads of rows of each half of the threads (of 128), at most. */
  readonly OWN: number;
  /** vec4s of states of each of the four threads of a channel. */
  readonly PER4: number;
}

type Size = Pick<BlockShape, 'inner' | 'width' | 'states' | 'rank' | 'taps' | 'quads'>;

/** The dealing with the most threads that fits into `memory` bytes of workgroup memory; null if none does. */
export function dealingFor(direction: MambaBlock['direction'], size: Size, memory: number): Dealing | null {
  if (size.width % 4 !== 0 || size.inner % 4 !== 0 || size.inner > MOST_CHANNELS || size.taps > MOST_TAPS) return null;
  for (const THREADS of [256, 128]) {
    const dealing = { THREADS, OWN: Math.ceil((128 * size.quads) / THREADS), PER4: Math.ceil(size.states / 16) };
    const needed = direction === 'forward' ? forwardMemory(size) : backwardMemory(size, dealing);
    if (needed <= memory) return dealing;
  }
  return null;
}

const selectionQuads = ({ rank, states }: Size) => Math.ceil(rank / 4) + 8 * Math.ceil(states / 16);

/** Bytes of workgroup memory of shaders/mamba-block.wgsl. */
function forwardMemory(size: Size): number {
  const { inner, width, quads } = size;
  return 16 * quads * (inner + Math.max(width, 4 * selectionQuads(size))) + 4 * 36 * quads;
}

/** Bytes of workgroup memory of shaders/mamba-block-backward.wgsl. */
function backwardMemory(size: Size, { THREADS, PER4 }: Dealing): number {
  const { inner, width, quads, rank } = size;
  const sums = Math.max(PER4 * THREADS + Math.ceil(rank / 4) * (THREADS / 8), width * quads);
  return 16 * (inner * quads + sums + 8 * quads * selectionQuads(size));
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
