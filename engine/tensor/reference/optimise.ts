import type { Present, ReferenceKernel } from './kernel';

export const clipScale: ReferenceKernel<'clip-scale'> = ({ inputs, outputs, attributes }) => {
  const [g] = inputs as Present;
  const [y] = outputs as Present;
  let squares = 0;
  for (let i = 0; i < g!.length; i++) squares += g!.flat(i) ** 2;
  y!.set(0, 0, Number.isFinite(squares) ? Math.min(1, attributes.maxNorm / Math.sqrt(squares)) : 0);
};

export const adamw: ReferenceKernel<'adamw'> = ({ inputs, outputs, attributes }) => {
  const { beta1, beta2, eps, weightDecay } = attributes;
  const [gradient, scale, step, rate] = inputs as Present;
  const [parameter, m, v] = outputs as Present;
  const factor = scale!.at(0, 0);
  if (factor === 0) return;
  const t = step!.at(0, 0);
  for (let i = 0; i < gradient!.length; i++) {
    const g = factor * gradient!.flat(i);
    m!.setFlat(i, beta1 * m!.flat(i) + (1 - beta1) * g);
    v!.setFlat(i, beta2 * v!.flat(i) + (1 - beta2) * g * g);
    const direction = m!.flat(i) / (1 - beta1 ** t) / (Math.sqrt(v!.flat(i) / (1 - beta2 ** t)) + eps);
    const p = parameter!.flat(i);
    parameter!.setFlat(i, p - rate!.at(0, 0) * (direction + weightDecay * p));
  }
};
