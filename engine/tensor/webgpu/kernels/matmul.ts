import type { Activation, LaunchOf } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { shaders } from '../shaders';
import { joinParts } from './reduce';

/** Numbers of the activations in shaders/math.wgsl. */
export const activationCode: Readonly<Record<Activation, number>> = { none: 0, relu: 1, tanh: 2, silu: 3 };
const variantCode = { nt: 0, nn: 1, tn: 2 } as const;

/** Steps of k of a product that is not cut although it makes few tiles. */
const LONGEST_NARROW = 256;
/** Rows of k that a part keeps at least when a product over many rows is cut (split-k). */
const SHORTEST_SPLIT = 128;

export function lowerMatmul(launch: LaunchOf<'matmul'>, context: Lowering): KernelCall[] {
  const { variant, groups, m, n, k, activation } = launch.attributes;
  const [a, b, bias] = [launch.inputs[0]!, launch.inputs[1]!, launch.inputs[2] ?? null];
  const c = launch.outputs[0]!;
  if (variant !== 'tn' && k <= LONGEST_NARROW && groups * blocksOf(m, 64) * blocksOf(n, 64) < context.parallel / 2)
    return [narrow(launch)];
  const { qm, qn } = tileFor(m, n, groups, context.parallel);
  const tiles = groups * blocksOf(m, 64 * qm) * blocksOf(n, 64 * qn);
  const wanted = Math.max(1, Math.min(Math.floor(context.parallel / tiles), Math.floor(k / SHORTEST_SPLIT)));
  const splitLength = wanted > 1 ? Math.ceil(k / wanted / 16) * 16 : Math.max(k, 1);
  const splits = Math.max(1, Math.ceil(k / splitLength));
  const target = splits > 1 ? context.scratch(splits, groups * m * n) : c;
  const product: KernelCall = {
    shader: shaders.matmul,
    operands: [a, b, splits > 1 ? null : bias, target],
    indices: [],
    uniforms: { groups, m, n, k, splits, split_length: splitLength, activation: splits > 1 ? 0 : activationCode[activation] },
    constants: {
      VARIANT: variantCode[variant],
      QM: qm,
      QN: qn,
    },
    workgroups: tiles * splits,
    label: launch.label,
  };
  if (splits === 1) return [product];
  return [
    product,
    joinParts(context, { parts: target, output: c, bias, activation: activationCode[activation], label: launch.label }),
  ];
}

/** Steps of k that wait in workgroup memory, and what a thread fetches of the operands for them; fewer in a chain, beside others. */
const NARROW_ALONE = { DEPTH: 64, OF_A: 4, OF_B: 16 };
export const NARROW_IN_CHAIN = { DEPTH: 32, OF_A: 2, OF_B: 8 };

/** A product of which the device would get few large tiles. */
function narrow({ attributes, inputs, outputs, label }: LaunchOf<'matmul'>): KernelCall {
  const { variant, groups, m, n, k, activation } = attributes;
  return {
    shader: shaders['matmul-narrow'],
    operands: [inputs[0]!, inputs[1]!, inputs[2] ?? null, outputs[0]!],
    indices: [],
    uniforms: { groups, m, n, k, activation: activationCode[activation] },
    constants: { VARIANT: variantCode[variant], ...NARROW_ALONE },
    workgroups: groups * blocksOf(m, 16) * blocksOf(n, 64),
    label,
    byRows: { rows: groups * m, operands: ['rows', null, null, 'rows'] },
  };
}

/** 4 × 4 squares of a thread in each direction: two each way where the device still gets enough tiles. */
function tileFor(m: number, n: number, groups: number, parallel: number): { qm: number; qn: number } {
  const large = groups * blocksOf(m, 128) * blocksOf(n, 128) >= parallel;
  return large ? { qm: 2, qn: 2 } : { qm: 1, qn: 1 };
}
