import type { LaunchOf } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { endRows, firstRows } from '../segments';
import { shaders } from '../shaders';

export function lowerAttention(launch: LaunchOf<'attention'> | LaunchOf<'attention-backward'>, context: Lowering): KernelCall[] {
  const { heads } = launch.attributes;
  const [q, k, v] = launch.inputs;
  const { rows, columns } = q!;
  const shared = {
    indices: [firstRows(context, launch.index[0]!), endRows(context, launch.index[0]!)],
    uniforms: { rows, heads, scale: 1 / Math.sqrt(columns / heads) },
    constants: { E: columns / heads },
    workgroups: blocksOf(rows * heads, 64),
    label: launch.label,
  };
  if (launch.kernel === 'attention') {
    return [{ shader: shaders.attention, operands: [q!, k!, v!, launch.outputs[0]!], ...shared }];
  }
  const dy = launch.inputs[3]!;
  const [dq, dk, dv] = launch.outputs;
  const statistics = context.scratch(rows * heads, 2);
  return [
    { shader: shaders['attention-backward-query'], operands: [q!, k!, v!, dy, dq ?? null, statistics], ...shared },
    { shader: shaders['attention-backward-key'], operands: [q!, k!, v!, dy, statistics, dk ?? null, dv ?? null], ...shared },
  ];
}
