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

/** Bytes of workgroup memory that the kernels take (shaders/mamba-block.wgsl, mamba-block-backward.wgsl). */
export function memoryOf(direction: 'forward' | 'backward', shape: Omit<BlockShape, 'eps' | 'reversed'>, turn: number): number {
  const { inner, width, states, rank, quads } = shape;
  const selection = Math.ceil(rank / 4) + 2 * Math.ceil(states / 4);
  const projected = 2 * inner * quads;
  if (direction === 'forward') return 16 * (projected + 512 + quads * Math.max(width, 4 * selection)) + 4 * 36 * quads;
  const exchange = Math.max(turn * 256, 512) + Math.max(128, Math.max(width, 4 * selection) * quads);
  return 16 * (projected + exchange + 4 * quads * selection) + 64 * quads * selection;
}

/** Rows of an exchange between channels for which a backward block fits; null if it does not. */
export function turnFor(shape: Omit<BlockShape, 'eps' | 'reversed'>, memory: number): number | null {
  return [4, 2].find((turn) => memoryOf('backward', shape, turn) <= memory) ?? null;
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
