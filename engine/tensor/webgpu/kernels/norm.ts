import type { LaunchOf } from '../../plan';
import { blocksOf, type Dispatch } from '../dispatch';
import { shaders } from '../shaders';

export function lowerRmsNorm(launch: LaunchOf<'rms-norm'> | LaunchOf<'rms-norm-backward'>): Dispatch[] {
  const { groups, eps } = launch.attributes;
  const x = launch.inputs[0]!;
  return [
    {
      shader: shaders[launch.kernel],
      operands: [...launch.inputs, ...launch.outputs],
      indices: [],
      uniforms: { rows: x.rows, columns: x.columns, group_rows: x.rows / groups, eps },
      constants: {},
      workgroups: blocksOf(x.rows, 8),
      label: launch.label,
    },
  ];
}
