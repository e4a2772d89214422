import type { Activation, LaunchOf } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { shaders } from '../shaders';
import { joinParts } from './reduce';

/** Numbers of the activations in shaders/math.wgsl. */
export const activationCode: Readonly<Record<Activation, number>> = { none: 0, relu: 1, tanh: 2, silu: 3 };
const variantCode = { nt: 0, nn: 1, tn: 2 } as const;

/** Rows of k that a part keeps at least when a product over many rows is cut (split-k). */
const SHORTEST_SPLIT = 64;

export function lowerMatmul(launch: LaunchOf<'matmul'>, context: Lowering): KernelCall[] {
  const { variant, groups, m, n, k, activation } = launch.attributes;
  const [a, b, bias] = [launch.inputs[0]!, launch.inputs[1]!, launch.inputs[2] ?? null];
  const c = launch.outputs[0]!;
  const { sm, sn } = tileFor(m, n, groups, context.parallel);
  const tiles = groups * blocksOf(m, 16 * sm) * blocksOf(n, 16 * sn);
  const wanted = Math.max(1, Math.min(Math.floor(context.parallel / tiles), Math.floor(k / SHORTEST_SPLIT)));
  const splitLength = wanted > 1 ? Math.ceil(k / wanted / 16) * 16 : Math.max(k, 1);
  const splits = Math.max(1, Math.ceil(k / splitLength));
  const target = splits > 1 ? context.scratch(splits, groups * m * n) : c;
  const product: KernelCall = {
    shader: shaders.matmul,
    operands: [a, b, splits > 1 ? null : bias, target],
    indices: [],
    uniforms: { groups, m, n, k, splits, split_length: splitLength },
    constants: {
      VARIANT: variantCode[variant],
      ACTIVATION: splits > 1 ? 0 : activationCode[activation],
      SM: sm,
      SN: sn,
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

/** Elements a thread computes in each direction: the largest tile that still gives every part of the device work. */
function tileFor(m: number, n: number, groups: number, parallel: number): { sm: number; sn: number } {
  const sn = n > 32 ? 4 : n > 16 ? 2 : 1;
  for (const sm of [4, 2]) {
    if (m > 8 * sm && groups * blocksOf(m, 16 * sm) * blocksOf(n, 16 * sn) >= parallel / 2) return { sm, sn };
  }
  return { sm: m > 32 ? 2 : 1, sn };
}
