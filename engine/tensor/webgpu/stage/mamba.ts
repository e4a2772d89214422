import type { IndexView, Launch, LaunchOf, Plan, View } from '../../plan';
import { backwardBlockAround } from './mamba-backward';
import { shortSegments } from './split';
import type { Access } from './tensors';

/** An operand as some launch has it, or (`wider`) the tensor that it is some columns of. */
export type BlockOperand = { readonly launch: number; readonly view: View; readonly wider?: View } | null;

/** A Mamba block, forward or backward, found among the launches of a stage: what one fused kernel does. */
export interface MambaBlock {
  readonly shader: 'stage-mamba' | 'stage-mamba-backward';
  /** Launches that it replaces; it runs in place of the first. */
  readonly launches: readonly number[];
  /** Launch whose segments and rows are the block's. */
  readonly scan: number;
  readonly groups: number;
  readonly eps: number;
  readonly normed: boolean;
  readonly constants: Readonly<Record<string, number>>;
  /** Operands of the shader by the launch that has them; null where absent or needed by nothing outside. */
  readonly operands: readonly BlockOperand[];
  /** Which operands are weights, to be transposed by blocks of this many groups (0: as they are). */
  readonly weights: ReadonlyMap<number, number>;
  /** Operands of bit 0, 1, … of `stores`: written where they are not null. */
  readonly stored: readonly number[];
  /** Index lists beside the ranges: 'segment-of-row'. */
  readonly segmentOfRow: IndexView | null;
}

/** What the search reads: the launches of a stage in order, and who reads a tensor where. */
export interface Surroundings {
  readonly plan: Plan;
  readonly launches: readonly Launch[];
  readonly accesses: readonly (readonly Access[])[];
  /** All launches that read each tensor, over the whole plan. */
  readonly readers: ReadonlyMap<number, readonly number[]>;
  /** Tensors that outlive the plan's launches. */
  readonly kept: (tensor: number) => boolean;
  /** Bytes of workgroup memory. */
  readonly memory: number;
}

const MOST_QUADS = 6;

/** Finds Mamba blocks among the launches of a stage. */
export function findMambaBlocks(order: readonly number[], around: Surroundings): MambaBlock[] {
  const blocks: MambaBlock[] = [];
  for (const l of order) {
    const { kernel } = around.launches[l]!;
    const stage = new Set(order);
    const block =
      kernel === 'selective-scan'
        ? blockAround(l, stage, around)
        : kernel === 'selective-scan-backward'
          ? backwardBlockAround(l, stage, around)
          : null;
    if (block) blocks.push(block);
  }
  return blocks;
}

function blockAround(scan: number, stage: ReadonlySet<number>, around: Surroundings): MambaBlock | null {
  const { launches, readers, kept, plan } = around;
  const scanLaunch = launches[scan] as LaunchOf<'selective-scan'>;
  const [u, delta, aLog, b, c, d, z] = scanLaunch.inputs;
  const y = scanLaunch.outputs[0]!;
  if (!z) return null;

  const { tensorOf, writerOf, kernelAt, linearAt } = lookAround(stage, around);
  const conv = writerOf(scan, u!);
  const dt = writerOf(scan, delta!);
  const xProjection = writerOf(scan, b!);
  const inProjection = writerOf(scan, z);
  const outProjection = soleReader(scan, y, 'matmul', around, stage);
  const convLaunch = kernelAt(conv, 'causal-conv');
  const dtLaunch = linearAt(dt);
  const xLaunch = linearAt(xProjection);
  const inLaunch = linearAt(inProjection);
  const outLaunch = linearAt(outProjection);
  if (!convLaunch || !dtLaunch || !xLaunch || !inLaunch || !outLaunch || convLaunch.attributes.activation !== 'silu') return null;
  const selection = xLaunch.outputs[0]!;
  const projected = inLaunch.outputs[0]!;
  const dtBias = dtLaunch.inputs[2];
  if (!dtBias || xLaunch.inputs[2] || inLaunch.inputs[2] || outLaunch.inputs[2]) return null;

  // Shapes: step, B and C side by side; x' and z side by side.
  const states = aLog!.columns;
  const rank = dtLaunch.attributes.k;
  const inner = u!.columns;
  const width = inLaunch.attributes.k;
  const { groups } = scanLaunch.attributes;
  const sameGroups = [convLaunch, dtLaunch, xLaunch, inLaunch, outLaunch].every((launch) => launch.attributes.groups === groups);
  const slices =
    selection.columns === rank + 2 * states &&
    dtLaunch.inputs[0]!.offset === selection.offset &&
    b!.offset === selection.offset + rank &&
    c!.offset === selection.offset + rank + states &&
    projected.columns === 2 * inner &&
    convLaunch.inputs[0]!.offset === projected.offset &&
    z.offset === projected.offset + inner &&
    sameRows(xLaunch.inputs[0]!, convLaunch.outputs[0]!) &&
    outLaunch.attributes.n === width;
  const fits = INNER_WIDTHS.includes(inner) && width <= inner && selection.columns <= 256 && convLaunch.attributes.width <= 8;
  const weights = [inLaunch.inputs[1], convLaunch.inputs[1], convLaunch.inputs[2], xLaunch.inputs[1], dtLaunch.inputs[1], dtBias];
  const inVariables = [...weights, aLog, d, outLaunch.inputs[1]].every((view) => view!.space === 'variable');
  if (!sameGroups || !slices || !fits || !inVariables) return null;
  const quads = quadsOf(plan, scanLaunch);
  if (quads === null || memoryOf(inner, states, rank, quads) > around.memory) return null;

  // The norm before and the residual after, where they belong to this block alone.
  const tokens = inLaunch.inputs[0]!;
  const normLaunch = kernelAt(writerOf(inProjection, tokens), 'rms-norm');
  const norm = normLaunch ? writerOf(inProjection, tokens) : -1;
  const mixed = outLaunch.outputs[0]!;
  let result = { launch: outProjection, view: mixed };
  const group = [inProjection, conv, xProjection, dt, scan, outProjection];
  let fusedNorm = false;
  if (normLaunch && normLaunch.attributes.groups === groups && normLaunch.inputs[1]!.space === 'variable') {
    const residual = soleReader(outProjection, mixed, 'elementwise', around, stage);
    const add = kernelAt(residual, 'elementwise');
    if (add && isAdd(add) && add.inputs.some((view) => sameView(view!, normLaunch.inputs[0]!))) {
      fusedNorm = true;
      group.push(norm, residual);
      result = { launch: residual, view: add.outputs[0]! };
    }
  }

  const inside = new Set(group);
  const neededOutside = (l: number, view: View): boolean => {
    const tensor = tensorOf(l, view);
    return kept(tensor) || (readers.get(tensor) ?? []).some((reader) => !inside.has(reader));
  };
  const output = (l: number, view: View) => (neededOutside(l, view) ? { launch: l, view } : null);
  const input = (l: number, view: View) => ({ launch: l, view });
  const operands = [
    fusedNorm ? input(norm, normLaunch!.inputs[0]!) : input(inProjection, tokens),
    fusedNorm ? input(norm, normLaunch!.inputs[1]!) : null,
    input(inProjection, inLaunch.inputs[1]!),
    input(conv, convLaunch.inputs[1]!),
    input(conv, convLaunch.inputs[2]!),
    input(xProjection, xLaunch.inputs[1]!),
    input(dt, dtLaunch.inputs[1]!),
    input(dt, dtBias),
    input(scan, aLog!),
    input(scan, d!),
    input(outProjection, outLaunch.inputs[1]!),
    fusedNorm ? output(norm, normLaunch!.outputs[0]!) : null,
    output(inProjection, projected),
    output(conv, convLaunch.outputs[0]!),
    output(xProjection, selection),
    output(dt, dtLaunch.outputs[0]!),
    output(scan, y),
    result,
  ];
  return {
    shader: 'stage-mamba',
    launches: group.sort((p, q) => p - q),
    scan,
    groups,
    eps: normLaunch?.attributes.eps ?? 0,
    normed: fusedNorm,
    constants: { W: width, D: inner, N: states, RANK: rank, TAPS: convLaunch.attributes.width, QUADS: quads },
    stored: [11, 12, 13, 14, 15, 16],
    segmentOfRow: null,
    operands,
    weights: new Map([
      ...(fusedNorm ? ([[1, 0]] as const) : []),
      [2, groups],
      [3, 0],
      [4, 0],
      [5, groups],
      [6, groups],
      [7, 0],
      [8, 0],
      [9, 0],
      [10, groups],
    ]),
  };
}

/** Finds launches by what they write and read. */
export function lookAround(stage: ReadonlySet<number>, { launches, accesses }: Surroundings) {
  const tensorOf = (l: number, view: View) => accesses[l]!.find((access) => access.view === view)!.tensor;
  return {
    tensorOf,
    /** The one launch of the stage that writes what launch l reads as `view`; negative if none or several. */
    writerOf(l: number, view: View): number {
      const tensor = tensorOf(l, view);
      if (tensor < 0) return -1;
      let found = -1;
      for (const other of stage) {
        if (other < l && accesses[other]!.some((access) => access.write && access.tensor === tensor))
          found = found < 0 ? other : -2;
      }
      return found;
    },
    kernelAt<Name extends Launch['kernel']>(l: number, kernel: Name): LaunchOf<Name> | null {
      return l >= 0 && launches[l]!.kernel === kernel ? (launches[l] as LaunchOf<Name>) : null;
    },
    /** A product without bias's activation: y = x·Wᵀ, or with `nn` its gradient. */
    linearAt(l: number, variant: 'nt' | 'nn' = 'nt'): LaunchOf<'matmul'> | null {
      const launch = l >= 0 && launches[l]!.kernel === 'matmul' ? (launches[l] as LaunchOf<'matmul'>) : null;
      return launch && launch.attributes.variant === variant && launch.attributes.activation === 'none' ? launch : null;
    },
  };
}

/** Rows of the longest of a launch's segments, in fours; null if they are too long to be taken whole. */
export function quadsOf(plan: Plan, launch: Launch): number | null {
  const segments = shortSegments(plan, launch);
  if (!segments) return null;
  let longest = 1;
  for (let s = 0; s + 1 < segments.length; s++) longest = Math.max(longest, segments[s + 1]! - segments[s]!);
  const quads = Math.ceil(longest / 4);
  return quads <= MOST_QUADS ? quads : null;
}

/** Widths of the inner channels that the fused kernels deal to 256 threads. */
export const INNER_WIDTHS: readonly number[] = [16, 32, 64, 128];

/** Bytes of workgroup memory of the fused kernel; see shaders/stage-mamba.wgsl. */
function memoryOf(inner: number, states: number, rank: number, quads: number): number {
  const tile = (256 - inner) * quads + 128 * quads + inner * quads;
  return 16 * tile + 4 * (4 * quads * (rank + 2 * states) + 32 * quads) + 256;
}

/** The one launch of the stage that reads what launch l wrote, if it is of that kernel. */
export function soleReader(
  l: number,
  view: View,
  kernel: Launch['kernel'],
  around: Surroundings,
  stage: ReadonlySet<number>,
): number {
  const tensor = around.accesses[l]!.find((access) => access.view === view)!.tensor;
  const readers = (around.readers.get(tensor) ?? []).filter((reader) => stage.has(reader) && reader > l);
  return readers.length >= 1 && around.launches[readers[0]!]!.kernel === kernel ? readers[0]! : -1;
}

export function isAdd({ attributes, outputs }: LaunchOf<'elementwise'>): boolean {
  const { broadcast, program, results } = attributes;
  const [instruction] = program;
  return (
    broadcast.length === 2 &&
    broadcast.every((kind) => kind === 'full') &&
    program.length === 1 &&
    instruction!.op === 'add' &&
    instruction!.a !== instruction!.b &&
    results.length === 1 &&
    outputs.length === 1
  );
}

export function sameView(a: View, b: View): boolean {
  return a.space === b.space && a.offset === b.offset && a.rows === b.rows && a.columns === b.columns && a.stride === b.stride;
}

const sameRows = sameView;
