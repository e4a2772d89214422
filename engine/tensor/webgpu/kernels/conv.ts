import type { LaunchOf } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { endRows, firstRows } from '../segments';
import { shaders } from '../shaders';
import { joinParts } from './reduce';

export function lowerCausalConv(launch: LaunchOf<'causal-conv'>, context: Lowering): KernelCall[] {
  const { groups, width, activation } = launch.attributes;
  const [x, weight, bias] = launch.inputs;
  const { rows, columns } = x!;
  return [
    {
      shader: shaders['causal-conv'],
      operands: [x!, weight!, bias!, launch.outputs[0]!],
      indices: [firstRows(context, launch.index[0]!)],
      uniforms: { rows, columns, group_rows: rows / groups },
      constants: { WIDTH: width, SILU: activation === 'silu' ? 1 : 0 },
      workgroups: blocksOf(rows * columns),
      label: launch.label,
    },
  ];
}

/** Rows that one thread walks: long enough to amortise the K - 1 rows it recomputes beyond its end. */
const RUN = 16;

export function lowerCausalConvBackward(launch: LaunchOf<'causal-conv-backward'>, context: Lowering): KernelCall[] {
  const { groups, width, activation } = launch.attributes;
  const [x, weight, bias, dy] = launch.inputs;
  const [dx, dweight, dbias] = launch.outputs;
  const { rows, columns } = x!;
  const groupRows = rows / groups;
  const runsInGroup = Math.ceil(groupRows / RUN);
  const runs = context.table(`runs:${rows}:${groups}:${RUN}`, () => {
    const starts: number[] = [];
    for (let g = 0; g < groups; g++) for (let r = 0; r < runsInGroup; r++) starts.push(g * groupRows + r * RUN);
    return [...starts, rows];
  });
  const starts = context.table(`run-groups:${runsInGroup}:${groups}`, () =>
    Array.from({ length: groups + 1 }, (_, g) => g * runsInGroup),
  );
  const weightParts = context.scratch(groups * runsInGroup, columns * width);
  const biasParts = context.scratch(groups * runsInGroup, columns);
  const dispatches: KernelCall[] = [
    {
      shader: shaders['causal-conv-backward'],
      operands: [x!, weight!, bias!, dy!, dx ?? null, weightParts, biasParts],
      indices: [firstRows(context, launch.index[0]!), endRows(context, launch.index[0]!), runs],
      uniforms: { columns, group_rows: groupRows },
      constants: { WIDTH: width, SILU: activation === 'silu' ? 1 : 0 },
      workgroups: groups * runsInGroup * blocksOf(columns, 64),
      label: launch.label,
    },
  ];
  if (dweight) dispatches.push(joinParts(context, { parts: weightParts, output: dweight, starts, groups, label: launch.label }));
  if (dbias) dispatches.push(joinParts(context, { parts: biasParts, output: dbias, starts, groups, label: launch.label }));
  return dispatches;
}
