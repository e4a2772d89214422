import { activations } from './functions';
import type { Present, ReferenceKernel } from './kernel';

export const matmul: ReferenceKernel<'matmul'> = ({ inputs, outputs, attributes }) => {
  const { variant, groups, m, n, k } = attributes;
  const [a, b] = inputs as Present;
  const bias = inputs[2] ?? null;
  const [c] = outputs as Present;
  const activate = activations[attributes.activation];
  for (let g = 0; g < groups; g++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let total = bias ? bias.at(g, j) : 0;
        for (let l = 0; l < k; l++) {
          const left = variant === 'tn' ? a!.at(g * k + l, i) : a!.at(g * m + i, l);
          const right = variant === 'nt' ? b!.at(g * n + j, l) : b!.at(g * k + l, j);
          total += left * right;
        }
        c!.set(g * m + i, j, activate(total));
      }
};
