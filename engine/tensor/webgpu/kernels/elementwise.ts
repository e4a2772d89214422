import type { LaunchOf } from '../../plan';
import { blocksOf, flattened, isContiguous, type KernelCall } from '../dispatch';
import { elementwiseShader } from '../elementwise-code';
import { shaders } from '../shaders';

export function lowerElementwise(launch: LaunchOf<'elementwise'>): KernelCall[] {
  const { rows, columns, groups, broadcast, program, results } = launch.attributes;
  const inputs = launch.inputs.map((view) => view!);
  const outputs = launch.outputs.map((view) => view!);
  // Without rows and gaps the points are one long row, and no thread divides to find its place.
  const flat =
    broadcast.every((kind, i) => kind === 'scalar' || (kind === 'full' && isContiguous(inputs[i]!))) &&
    outputs.every(isContiguous);
  return [
    {
      shader: elementwiseShader(shaders.elementwise, broadcast, program, results),
      operands: flat
        ? [...inputs.map((view, i) => (broadcast[i] === 'full' ? flattened(view) : view)), ...outputs.map(flattened)]
        : [...inputs, ...outputs],
      indices: [],
      uniforms: flat
        ? { rows: 1, columns: rows * columns, group_rows: 1 }
        : { rows, columns, group_rows: Math.max(1, rows / groups) },
      constants: { OUTPUTS: outputs.length },
      workgroups: blocksOf(rows * columns),
      label: launch.label,
      byRows: {
        rows,
        operands: [
          ...broadcast.map((kind) => (kind === 'full' || kind === 'column' ? 'rows' : null)),
          ...outputs.map(() => 'rows' as const),
        ],
      },
    },
  ];
}
