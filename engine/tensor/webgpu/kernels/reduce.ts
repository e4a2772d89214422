import type { IndexView, LaunchOf, View } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { shaders } from '../shaders';

/** y = f(Σ over parts of x + bias): the second pass of a sum cut into `parts`. */
export interface JoinOptions {
  readonly parts: View;
  readonly output: View;
  readonly label: string;
  /** First part of each group of outputs; one group of all parts if left out. */
  readonly starts?: IndexView;
  readonly groups?: number;
  readonly bias?: View | null;
  readonly activation?: number;
}

/** Sums `parts` [P, length] into `output`; with groups, output block g takes its own run of parts. */
export function joinParts(context: Lowering, options: JoinOptions): KernelCall {
  const { parts, output, label, groups = 1, bias = null, activation = 0 } = options;
  const count = parts.rows;
  const starts = options.starts ?? context.table(`parts:${count}`, () => [0, count]);
  const length = (output.rows * output.columns) / groups;
  return {
    shader: shaders.reduce,
    operands: [parts, bias, output],
    indices: [starts],
    uniforms: {
      groups,
      length,
      columns: output.columns,
      part_stride: parts.columns,
      bias_rows: bias ? output.rows / bias.rows : 1,
      activation,
    },
    constants: {},
    workgroups: groups * blocksOf(length, 32),
    label,
  };
}

/** How many runs to cut `length` into, so that `blocks` workgroups a run make about `parallel` and a run is not tiny. */
export function partsFor(context: Lowering, blocks: number, length: number, shortest: number): number {
  const wanted = Math.floor(context.parallel / blocks);
  return Math.max(1, Math.min(wanted, Math.floor(length / shortest)));
}

export function lowerColumnSum(launch: LaunchOf<'column-sum'>, context: Lowering): KernelCall[] {
  const [x, y] = [launch.inputs[0]!, launch.outputs[0]!];
  const { groups } = launch.attributes;
  const rows = x.rows / groups;
  const blocks = groups * blocksOf(x.columns, 32);
  const wanted = partsFor(context, blocks, rows, 64);
  const partRows = Math.max(1, Math.ceil(rows / wanted));
  const parts = Math.max(1, Math.ceil(rows / partRows));
  const partial = parts > 1 ? context.scratch(parts, groups * x.columns) : y;
  const first: KernelCall = {
    shader: shaders['column-sum'],
    operands: [x, partial],
    indices: [],
    uniforms: { groups, group_rows: rows, columns: x.columns, parts, part_rows: partRows },
    constants: {},
    workgroups: blocks * parts,
    label: launch.label,
  };
  return parts > 1 ? [first, joinParts(context, { parts: partial, output: y, label: launch.label })] : [first];
}

export function lowerRowSum(launch: LaunchOf<'row-sum'>, context: Lowering): KernelCall[] {
  const [x, y] = [launch.inputs[0]!, launch.outputs[0]!];
  const lanes = x.columns <= 4 ? 1 : x.columns <= 128 ? 32 : 256;
  const blocks = blocksOf(x.rows, 256 / lanes);
  const wanted = partsFor(context, blocks, x.columns, 4096);
  const partColumns = Math.max(1, Math.ceil(x.columns / wanted));
  const parts = Math.max(1, Math.ceil(x.columns / partColumns));
  const partial = parts > 1 ? context.scratch(parts, x.rows) : y;
  const first: KernelCall = {
    shader: shaders['row-sum'],
    operands: [x, partial],
    indices: [],
    uniforms: { rows: x.rows, columns: x.columns, parts, part_columns: partColumns },
    constants: { LANES: lanes },
    workgroups: blocks * parts,
    label: launch.label,
  };
  return parts > 1 ? [first, joinParts(context, { parts: partial, output: y, label: launch.label })] : [first];
}
