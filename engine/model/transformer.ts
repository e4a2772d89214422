import { add, attention, linear, rmsNorm, sliceColumns, type Tensor, VariableGroup } from '../tensor';
import { filledWith, linearInitialiser, type UniformSource } from './initialise';
import { addMambaWeights, type MambaConfig } from './mamba';

/**
 * A stack of Transformer blocks to compare Mamba with: pre-norm, multi-head self-attention within each packed sequence
 * (every token sees every other; positions are among a token's features), then a two-layer feed-forward net.
 */
export interface TransformerConfig {
  readonly kind: 'transformer';
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the feed-forward net's hidden layer. */
  readonly hidden: number;
  readonly normEps: number;
}

/** The Transformer of a Mamba stack's width and depth whose number of weights comes nearest to it. */
export function transformerLike(mamba: MambaConfig, heads = 4): TransformerConfig {
  const { width, layers, normEps } = mamba;
  const counted = new VariableGroup('counted');
  addMambaWeights(counted, '', mamba, 1, { uniform: () => 0.5 });
  const weights = counted.variables.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  // A layer has 4 w² (attention), 2 w (norms), and 2 w + 1 for each hidden unit, with w for the biases after them.
  const perLayer = (weights - width) / layers;
  const hidden = Math.max(1, Math.round((perLayer - 4 * width ** 2 - 3 * width) / (2 * width + 1)));
  return { kind: 'transformer', width, layers, heads, hidden, normEps };
}

/** Adds the weights of `members` stacks to a group, stacked along rows, behind `prefix`. */
export function addTransformerWeights(
  group: VariableGroup,
  prefix: string,
  { width, layers, hidden }: TransformerConfig,
  members: number,
  random: UniformSource,
): void {
  const gain = 1 / Math.sqrt(layers);
  for (let layer = 0; layer < layers; layer++) {
    const name = (suffix: string) => `${prefix}layers.${layer}.${suffix}`;
    group.add(name('norm.weight'), members, width, filledWith(1));
    group.add(name('attention.qkv.weight'), members * 3 * width, width, linearInitialiser(random, width));
    group.add(name('attention.out.weight'), members * width, width, linearInitialiser(random, width, gain));
    group.add(name('norm2.weight'), members, width, filledWith(1));
    group.add(name('feed.in.weight'), members * hidden, width, linearInitialiser(random, width));
    group.add(name('feed.in.bias'), members, hidden, filledWith(0));
    group.add(name('feed.out.weight'), members * width, hidden, linearInitialiser(random, hidden, gain));
    group.add(name('feed.out.bias'), members, width, filledWith(0));
  }
  group.add(`${prefix}norm_f.weight`, members, width, filledWith(1));
}

/** As `mambaStack`: tokens [R, width] → [R, width], after the final norm. */
export function transformerStack(
  x: Tensor,
  segments: Int32Array,
  { width, layers, heads, normEps }: TransformerConfig,
  members: number,
  weights: (name: string) => Tensor,
): Tensor {
  const options = { groups: members };
  let hidden = x;
  for (let layer = 0; layer < layers; layer++) {
    const weight = (suffix: string) => weights(`layers.${layer}.${suffix}`);
    const tokens = rmsNorm(hidden, weight('norm.weight'), { groups: members, eps: normEps });
    const qkv = linear(tokens, weight('attention.qkv.weight'), null, options);
    const part = (i: number) => sliceColumns(qkv, i * width, (i + 1) * width);
    const seen = attention(part(0), part(1), part(2), segments, heads);
    hidden = add(hidden, linear(seen, weight('attention.out.weight'), null, options));
    const normed = rmsNorm(hidden, weight('norm2.weight'), { groups: members, eps: normEps });
    const inner = linear(normed, weight('feed.in.weight'), weight('feed.in.bias'), { groups: members, activation: 'silu' });
    hidden = add(hidden, linear(inner, weight('feed.out.weight'), weight('feed.out.bias'), options));
  }
  return rmsNorm(hidden, weights('norm_f.weight'), { groups: members, eps: normEps });
}
