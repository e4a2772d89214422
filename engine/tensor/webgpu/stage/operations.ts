import type { IndexView, Launch, LaunchOf, Plan, View } from '../../plan';
import type { KernelCall, Lowering, StageOperation } from '../dispatch';
import { lowerElementwise } from '../kernels/elementwise';
import { activationCode } from '../kernels/matmul';
import { lowerLaunch } from '../lower-launch';
import { shaders } from '../shaders';
import { shortSegments } from './split';
import type { Parts } from './staging';

/** Where the weights of a product lie once they are in the arena: `nt` weights transposed to [G·k, n]. */
export type ImportedWeight = (view: View, transposeBlocks: number) => View;

/** Products with so short sums, or so few columns, are made element by element. */
const NARROW_DEPTH = 8;
const NARROW_COLUMNS = 4;

/** The kernel that does a launch over row ranges. */
export function stageCall(launch: Launch, context: Lowering, imported: ImportedWeight, plan: Plan): KernelCall {
  const take = (view: View | null | undefined): View | null =>
    view && view.space === 'variable' ? imported(view, 0) : (view ?? null);
  switch (launch.kernel) {
    case 'matmul': {
      const { variant, groups, m, n, k, activation } = launch.attributes;
      const [a, b, bias] = launch.inputs;
      const operands = [a!, variant === 'nt' ? imported(b!, groups) : take(b), take(bias), launch.outputs[0]!];
      const shared = {
        operands,
        indices: [],
        constants: { ACTIVATION: activationCode[activation] },
        workgroups: 0,
        label: launch.label,
      };
      return k <= NARROW_DEPTH || n <= NARROW_COLUMNS
        ? { shader: shaders['stage-narrow-matmul'], uniforms: { rows: groups * m, columns: n, m, k }, ...shared }
        : { shader: shaders['stage-matmul'], uniforms: { m, n, k }, ...shared };
    }
    case 'elementwise':
      return lowerElementwise({ ...launch, inputs: launch.inputs.map(take) }, false)[0]!;
    case 'gather-elements':
      // The pool is far too large to bring in.
      return lowerLaunch(launch, context)[0]!;
    case 'selective-scan':
      return scanCall(launch, take);
    case 'selective-scan-backward':
      return scanBackwardCall(launch, take, context, plan);
    case 'causal-conv-backward':
      return convBackwardCall(launch, take, context);
    default:
      return lowerLaunch({ ...launch, inputs: launch.inputs.map(take) } as Launch, context)[0]!;
  }
}

type Take = (view: View | null | undefined) => View | null;

function scanShape(launch: LaunchOf<'selective-scan'> | LaunchOf<'selective-scan-backward'>) {
  const u = launch.inputs[0]!;
  return { columns: u.columns, group_rows: u.rows / launch.attributes.groups };
}

function scanCall(launch: LaunchOf<'selective-scan'>, take: Take): KernelCall {
  return {
    shader: shaders['stage-scan'],
    operands: [...launch.inputs.map(take), launch.outputs[0]!],
    indices: [],
    uniforms: scanShape(launch),
    constants: { N: launch.inputs[2]!.columns },
    workgroups: 0,
    label: launch.label,
  };
}

function scanBackwardCall(launch: LaunchOf<'selective-scan-backward'>, take: Take, context: Lowering, plan: Plan): KernelCall {
  const segments = shortSegments(plan, launch)!;
  let longest = 1;
  for (let s = 0; s + 1 < segments.length; s++) longest = Math.max(longest, segments[s + 1]! - segments[s]!);
  return {
    shader: shaders['stage-scan-backward'],
    operands: [...launch.inputs.map(take), ...launch.outputs.map((view) => view ?? null)],
    indices: [segmentOfRow(launch.index[0]!, context)],
    uniforms: scanShape(launch),
    // Multiples of 8, so that batches of other circuits share the pipeline.
    constants: { N: launch.inputs[2]!.columns, LENGTH: Math.ceil(longest / 8) * 8 },
    workgroups: 0,
    label: launch.label,
  };
}

function convBackwardCall(launch: LaunchOf<'causal-conv-backward'>, take: Take, context: Lowering): KernelCall {
  const { groups, width, activation } = launch.attributes;
  const x = launch.inputs[0]!;
  return {
    shader: shaders['stage-conv-backward'],
    operands: [...launch.inputs.map(take), ...launch.outputs.map((view) => view ?? null)],
    indices: [segmentOfRow(launch.index[0]!, context)],
    uniforms: { columns: x.columns, group_rows: x.rows / groups },
    constants: { WIDTH: width, SILU: activation === 'silu' ? 1 : 0 },
    workgroups: 0,
    label: launch.label,
  };
}

/** The number of the segment that each row is in. */
export function segmentOfRow(segments: IndexView, context: Lowering): IndexView {
  return context.table(`segment-of-row:${segments.offset}:${segments.length}`, () => {
    const starts = context.values(segments);
    const rows = new Int32Array(starts[starts.length - 1]!);
    for (let s = 0; s + 1 < starts.length; s++) rows.fill(s, starts[s]!, starts[s + 1]!);
    return rows;
  });
}

/** For each part the ranges of rows that it owns: [parts, count] pairs (start, end), empty ones at the end. */
export function rangesOf(
  launch: Launch,
  tensor: number,
  view: View,
  parts: Parts,
  plan: Plan,
): { table: Int32Array; count: number } {
  const cuts = cutsOf(launch, view.rows, plan);
  const lists: number[][] = Array.from({ length: parts.count }, () => []);
  let cut = 0;
  let last = -1;
  for (let row = 0; row < view.rows; row++) {
    const part = parts.partOf(tensor, view, row);
    const list = lists[part]!;
    const isCut = cuts !== null && cuts[cut] === row;
    if (isCut) cut++;
    if (part === last && !isCut) list[list.length - 1] = row + 1;
    else list.push(row, row + 1);
    last = part;
  }
  const count = Math.max(1, ...lists.map((list) => list.length / 2));
  const table = new Int32Array(parts.count * count * 2);
  lists.forEach((list, part) => {
    table.set(list, part * count * 2);
  });
  return { table, count };
}

/** Rows at which a range must end: segments, or the rows of a member that has weights of its own. */
function cutsOf(launch: Launch, rows: number, plan: Plan): ArrayLike<number> | null {
  switch (launch.kernel) {
    case 'matmul':
      return Array.from({ length: launch.attributes.groups }, (_, g) => (g * rows) / launch.attributes.groups);
    case 'selective-scan':
    case 'selective-scan-backward':
    case 'causal-conv-backward':
      return shortSegments(plan, launch);
    default:
      return null;
  }
}

/** Marks the operations after which the others must wait: where the next one touches what was written since. */
export function withBarriers(
  operations: readonly (Omit<StageOperation, 'barrier'> & {
    readonly reads: readonly number[];
    readonly writes: readonly number[];
  })[],
): StageOperation[] {
  const open = new Set<number>();
  const read = new Set<number>();
  return operations.map(({ reads, writes, ...operation }, i) => {
    for (const tensor of writes) open.add(tensor);
    for (const tensor of reads) read.add(tensor);
    const next = operations[i + 1];
    const barrier = next
      ? next.reads.some((tensor) => open.has(tensor)) || next.writes.some((tensor) => open.has(tensor) || read.has(tensor))
      : false;
    if (barrier) {
      open.clear();
      read.clear();
    }
    return { ...operation, barrier };
  });
}
