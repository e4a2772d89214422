import type { LaunchOf } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { shaders } from '../shaders';

/** Parts of a gradient's norm; the second pass sums them in one workgroup. */
const MOST_PARTS = 256;

export function lowerClipScale(launch: LaunchOf<'clip-scale'>, context: Lowering): KernelCall[] {
  const [g, y] = [launch.inputs[0]!, launch.outputs[0]!];
  const length = g.rows * g.columns;
  const partLength = Math.max(256, Math.ceil(length / MOST_PARTS));
  const parts = context.scratch(1, Math.max(1, Math.ceil(length / partLength)));
  const shared = { indices: [], label: launch.label, shader: shaders['clip-scale'] };
  const max_norm = launch.attributes.maxNorm;
  return [
    {
      ...shared,
      operands: [g, parts],
      uniforms: { length, columns: g.columns, part_length: partLength, max_norm },
      constants: { FINAL: 0 },
      workgroups: parts.columns,
    },
    {
      ...shared,
      operands: [parts, y],
      uniforms: { length: parts.columns, columns: parts.columns, part_length: parts.columns, max_norm },
      constants: { FINAL: 1 },
      workgroups: 1,
    },
  ];
}

export function lowerAdamw(launch: LaunchOf<'adamw'>): KernelCall[] {
  const { beta1, beta2, eps, weightDecay } = launch.attributes;
  const parameter = launch.outputs[0]!;
  const length = parameter.rows * parameter.columns;
  return [
    {
      shader: shaders.adamw,
      operands: [...launch.inputs, ...launch.outputs],
      indices: [],
      // Differences from 1 and logarithms are taken here, in float64.
      uniforms: {
        length,
        beta1,
        beta2,
        one_minus_beta1: 1 - beta1,
        one_minus_beta2: 1 - beta2,
        log_beta1: Math.log(beta1),
        log_beta2: Math.log(beta2),
        eps,
        weight_decay: weightDecay,
      },
      constants: {},
      workgroups: blocksOf(length),
      label: launch.label,
    },
  ];
}
