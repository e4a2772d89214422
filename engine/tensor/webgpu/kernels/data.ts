import type { LaunchOf } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { shaders } from '../shaders';

export function lowerCopy(launch: LaunchOf<'copy'>): KernelCall[] {
  const [x, y] = [launch.inputs[0]!, launch.outputs[0]!];
  return [
    {
      shader: shaders.copy,
      operands: [x, y],
      indices: [],
      uniforms: { rows: y.rows, columns: y.columns },
      constants: {},
      workgroups: blocksOf(y.rows * y.columns),
      label: launch.label,
      byRows: { rows: y.rows, operands: ['rows', 'rows'] },
    },
  ];
}

export function lowerGatherRows(launch: LaunchOf<'gather-rows'>, context: Lowering): KernelCall[] {
  const [x, y] = [launch.inputs[0]!, launch.outputs[0]!];
  const [indices, starts] = launch.index;
  return [
    {
      shader: shaders['gather-rows'],
      operands: [x, y],
      indices: [indices!, starts ?? indices!],
      uniforms: { rows: y.rows, columns: y.columns, scale: launch.attributes.scale },
      constants: { RAGGED: starts ? 1 : 0 },
      workgroups: blocksOf(y.rows * y.columns),
      label: launch.label,
      byRows: {
        rows: y.rows,
        operands: ['gathered', 'rows'],
        gather: { indices: context.values(indices!), starts: starts ? context.values(starts) : null },
      },
    },
  ];
}

export function lowerElements(
  launch: LaunchOf<'gather-elements'> | LaunchOf<'scatter-elements'>,
  context: Lowering,
): KernelCall[] {
  const rows = launch.index[0]!.length / 3;
  const sequences = context.values(launch.index[0]!).filter((_, i) => i % 3 === 2);
  return [
    {
      shader: shaders[launch.kernel],
      operands: [launch.inputs[0]!, launch.inputs[1]!, launch.outputs[0]!],
      indices: [launch.index[0]!],
      uniforms: { rows, columns: 1 },
      constants: {},
      workgroups: blocksOf(rows),
      label: launch.label,
      ...(launch.kernel === 'gather-elements'
        ? { byRows: { rows, operands: [null, 'gathered', 'rows'], gather: { indices: sequences, starts: null } } }
        : {}),
    },
  ];
}

export function lowerRandom(launch: LaunchOf<'random'>): KernelCall[] {
  const y = launch.outputs[0]!;
  const { distribution, stream } = launch.attributes;
  return [
    {
      shader: shaders.random,
      operands: [launch.inputs[0]!, y],
      indices: [],
      uniforms: { rows: y.rows, columns: y.columns, stream },
      constants: { NORMAL: distribution === 'normal' ? 1 : 0 },
      workgroups: blocksOf(y.rows * y.columns),
      label: launch.label,
    },
  ];
}
