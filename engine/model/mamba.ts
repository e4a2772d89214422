import type { Graph, Tensor, VariableGroup } from '../tensor';
import { add, causalConv, gatherRows, linear, rmsNorm, selectiveScan, sliceColumns } from '../tensor';
import { filledWith, linearInitialiser, type UniformSource, uniformWithin } from './initialise';
import { reversedRows } from './segments';

/**
 * A stack of Mamba-1 blocks (arXiv 2312.00752, section 3.4) as in the official implementation; symbols in README.md.
 * Weights carry the official names, so they pass to and from PyTorch unchanged (`layers.0.mixer.A_log`).
 */
export interface MambaConfig {
  readonly kind: 'mamba';
  /** Model width `d_model`. */
  readonly width: number;
  /** SSM state size `N`. */
  readonly state: number;
  readonly layers: number;
  /** Inner width is `expand · width`. */
  readonly expand: number;
  /** Taps of the causal convolution, `d_conv`. */
  readonly convolution: number;
  /** Rank of the step-size projection, `dt_rank`. */
  readonly stepRank: number;
  readonly normEps: number;
  /**
   * Direction in which each layer reads its sequence. `forward` everywhere is the official stack; a `backward` layer
   * reads each segment from its end, so that early tokens see later ones without any token being repeated.
   */
  readonly directions: readonly ('forward' | 'backward')[];
  /** Range that initial step sizes Δ are drawn from (log-uniform); official: [0.001, 0.1]. Short sequences want more. */
  readonly stepRange: readonly [number, number];
}

/** The official defaults for a width: dt_rank = ⌈width/16⌉, expand 2, 4 taps. */
export function mambaConfig(width: number, state: number, layers: number, options: Partial<MambaConfig> = {}): MambaConfig {
  return {
    kind: 'mamba',
    width,
    state,
    layers,
    expand: 2,
    convolution: 4,
    stepRank: Math.ceil(width / 16),
    normEps: 1e-5,
    directions: Array.from({ length: layers }, () => 'forward' as const),
    stepRange: [0.001, 0.1],
    ...options,
  };
}

/** What of a selective scan is to be seen: its input, step sizes before softplus, B and log(-A); see `selectiveScan`. */
export interface LayerInside {
  readonly layer: number;
  readonly backward: boolean;
  readonly u: Tensor;
  readonly delta: Tensor;
  readonly b: Tensor;
  readonly aLog: Tensor;
}

/** Told of a network's inside while its graph is built. */
export interface Watch {
  /** Tokens as they enter the first layer, [R, width]. */
  tokens(tokens: Tensor): void;
  /** Rows of a layer that reads backward are in its reading order. */
  layer(inside: LayerInside): void;
}

/** Adds the weights of `members` stacks to a group, stacked along rows, under official names behind `prefix`. */
export function addMambaWeights(
  group: VariableGroup,
  prefix: string,
  config: MambaConfig,
  members: number,
  random: UniformSource,
): void {
  const { width, state, expand, convolution, stepRank } = config;
  const inner = expand * width;
  for (let layer = 0; layer < config.layers; layer++) {
    const name = (suffix: string) => `${prefix}layers.${layer}.${suffix}`;
    group.add(name('norm.weight'), members, width, filledWith(1));
    group.add(name('mixer.in_proj.weight'), members * 2 * inner, width, linearInitialiser(random, width));
    group.add(name('mixer.conv1d.weight'), members * inner, convolution, linearInitialiser(random, convolution));
    group.add(name('mixer.conv1d.bias'), members, inner, linearInitialiser(random, convolution));
    group.add(name('mixer.x_proj.weight'), members * (stepRank + 2 * state), inner, linearInitialiser(random, inner));
    group.add(name('mixer.dt_proj.weight'), members * inner, stepRank, uniformWithin(random, stepRank ** -0.5));
    group.add(name('mixer.dt_proj.bias'), members, inner, (target) => {
      const [low, high] = config.stepRange;
      for (let i = 0; i < target.length; i++) {
        const step = Math.exp(Math.log(low) + random.uniform() * (Math.log(high) - Math.log(low)));
        target[i] = step + Math.log(-Math.expm1(-step)); // inverse of softplus
      }
    });
    group.add(name('mixer.A_log'), members * inner, state, (target) => {
      for (let i = 0; i < target.length; i++) target[i] = Math.log((i % state) + 1);
    });
    group.add(name('mixer.D'), members, inner, filledWith(1));
    // Residual branches are scaled down with depth, as in the official code.
    const gain = 1 / Math.sqrt(config.layers);
    group.add(name('mixer.out_proj.weight'), members * width, inner, linearInitialiser(random, inner, gain));
  }
  group.add(`${prefix}norm_f.weight`, members, width, filledWith(1));
}

/**
 * Runs the stack over packed sequences.
 *
 * @param x tokens [R, width]; with `members` > 1 the rows of member g are the g-th block of R / members
 * @param segments S + 1 row numbers where sequences start, over all R rows
 * @param weights the tensor of a weight, by its name behind `prefix`
 * @param watch told of each layer's inside
 * @returns [R, width], after the final norm
 */
export function mambaStack(
  x: Tensor,
  segments: Int32Array,
  config: MambaConfig,
  members: number,
  weights: (name: string) => Tensor,
  watch?: Watch,
): Tensor {
  const reverse = reversedRows(segments);
  let hidden = x;
  for (let layer = 0; layer < config.layers; layer++) {
    const weight = (suffix: string) => weights(`layers.${layer}.${suffix}`);
    let tokens = rmsNorm(hidden, weight('norm.weight'), { groups: members, eps: config.normEps });
    const backward = config.directions[layer] === 'backward';
    if (backward) tokens = gatherRows(tokens, reverse);
    let mixed = mambaMixer(
      tokens,
      segments,
      config,
      members,
      (suffix) => weight(`mixer.${suffix}`),
      (inside) => watch?.layer({ layer, backward, ...inside }),
    );
    if (backward) mixed = gatherRows(mixed, reverse);
    hidden = add(hidden, mixed);
  }
  return rmsNorm(hidden, weights('norm_f.weight'), { groups: members, eps: config.normEps });
}

/** One Mamba mixer: tokens [R, width] → [R, width]. */
function mambaMixer(
  tokens: Tensor,
  segments: Int32Array,
  config: MambaConfig,
  groups: number,
  weight: (name: string) => Tensor,
  watch: (inside: Omit<LayerInside, 'layer' | 'backward'>) => void,
): Tensor {
  const { state, stepRank } = config;
  const inner = config.expand * config.width;
  const projected = linear(tokens, weight('in_proj.weight'), null, { groups });
  const x = sliceColumns(projected, 0, inner);
  const z = sliceColumns(projected, inner, 2 * inner);
  const u = causalConv(x, weight('conv1d.weight'), weight('conv1d.bias'), segments, { groups, activation: 'silu' });
  const selection = linear(u, weight('x_proj.weight'), null, { groups });
  const step = sliceColumns(selection, 0, stepRank);
  const b = sliceColumns(selection, stepRank, stepRank + state);
  const c = sliceColumns(selection, stepRank + state, stepRank + 2 * state);
  const delta = linear(step, weight('dt_proj.weight'), weight('dt_proj.bias'), { groups });
  const aLog = weight('A_log');
  watch({ u, delta, b, aLog });
  const y = selectiveScan({ u, delta, aLog, b, c, d: weight('D'), z }, segments, groups);
  return linear(y, weight('out_proj.weight'), null, { groups });
}

/** Looks weights up in a group, behind a prefix, as tensors of a graph. */
export function weightsOf(graph: Graph, group: VariableGroup, prefix = ''): (name: string) => Tensor {
  return (name) => graph.variable(group.get(prefix + name));
}
