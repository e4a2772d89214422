import type { LaunchOf } from '../../plan';
import { blocksOf, type KernelCall } from '../dispatch';
import { shaders } from '../shaders';

export function lowerRmsNorm(launch: LaunchOf<'rms-norm'> | LaunchOf<'rms-norm-backward'>): KernelCall[] {
  const { groups, eps } = launch.attributes;
  const x = launch.inputs[0]!;
  return [
    {
      shader: shaders[launch.kernel],
      operands: [...launch.inputs, ...launch.outputs],
      indices: [],
      uniforms: { rows: x.rows, columns: x.columns, group_rows: x.rows / groups, eps },
      constants: {},
      workgroups: blocksOf(x.rows, 32),
      label: launch.label,
      byRows: {
        rows: x.rows,
        operands: [
          'rows',
          null,
          ...launch.inputs.slice(2).map(() => 'rows' as const),
          ...launch.outputs.map(() => 'rows' as const),
        ],
      },
    },
  ];
}
