import { add, concatRows, type Graph, gatherRows, linear, mul, type Tensor, type VariableGroup } from '../tensor';
import { filledWith, linearInitialiser, type UniformSource } from './initialise';
import { addMambaWeights, type MambaConfig, mambaStack, type Watch, weightsOf } from './mamba';
import { memberRows, type PackedBatch, repeatedRows } from './packed-batch';
import { repeatSegments } from './segments';
import { addTransformerWeights, type TransformerConfig, transformerStack } from './transformer';

export type StackConfig = MambaConfig | TransformerConfig;

/**
 * The body that actor, critic and neural simulator share: describe every token, add what changes from step to step,
 * and run a stack of blocks (Mamba, or a Transformer to compare with) over the packed sequences.
 */
export interface NetworkConfig {
  readonly stack: StackConfig;
  /** Networks of the same shape that run side by side with weights of their own. */
  readonly members: number;
  /** Static features of a token. */
  readonly features: number;
  /** Inputs of a parameter token, a spec token, a circuit token. 0 = none. */
  readonly inputs: { readonly parameter: number; readonly spec: number; readonly circuit: number };
}

/** What changes from step to step; each either shared by all members or stacked member by member. */
export interface NetworkInputs {
  /** [parameterRows, inputs.parameter] */
  readonly parameter: Tensor;
  /** [specRows, inputs.spec] */
  readonly spec: Tensor | null;
  /** [sequences, inputs.circuit] */
  readonly circuit: Tensor | null;
}

export function addNetworkWeights(group: VariableGroup, config: NetworkConfig, random: UniformSource): void {
  const { stack, members, features, inputs } = config;
  const rows = members * stack.width;
  group.add('embed.token.weight', rows, features, linearInitialiser(random, features / 4));
  group.add('embed.gain.weight', rows, features, linearInitialiser(random, features / 16));
  group.add('embed.parameter.weight', rows, inputs.parameter, linearInitialiser(random, inputs.parameter));
  if (inputs.spec > 0) group.add('embed.spec.weight', rows, inputs.spec, linearInitialiser(random, inputs.spec));
  if (inputs.circuit > 0) group.add('embed.circuit.weight', rows, inputs.circuit, linearInitialiser(random, inputs.circuit));
  addStackWeights(group, stack, members, random);
}

export function addStackWeights(group: VariableGroup, stack: StackConfig, members: number, random: UniformSource): void {
  if (stack.kind === 'mamba') addMambaWeights(group, '', stack, members, random);
  else addTransformerWeights(group, '', stack, members, random);
}

/** Tokens [R, width] → [R, width]; see `mambaStack`. */
export function runStack(
  tokens: Tensor,
  segments: Int32Array,
  stack: StackConfig,
  members: number,
  weights: (name: string) => Tensor,
  watch?: Watch,
): Tensor {
  if (stack.kind === 'mamba') return mambaStack(tokens, segments, stack, members, weights, watch);
  return transformerStack(tokens, segments, stack, members, weights);
}

/** @returns hidden tokens [members · rows, width], member by member */
export function runNetwork(
  graph: Graph,
  group: VariableGroup,
  config: NetworkConfig,
  batch: PackedBatch,
  inputs: NetworkInputs,
  watch?: Watch,
): Tensor {
  const { members, stack } = config;
  const weights = weightsOf(graph, group);
  const description = embedDescriptions(graph, batch, config, weights('embed.token.weight'));
  const gain = embedDescriptions(graph, batch, config, weights('embed.gain.weight'));
  const changing = embedInputs(batch, config, inputs, weights);
  const tokens = add(description, mul(gain, changing));
  watch?.tokens(tokens);
  return runStack(tokens, repeatSegments(batch.segments, members), stack, members, weights, watch);
}

/** Static features are embedded once per distinct token and then gathered, which is far cheaper than once per row. */
function embedDescriptions(graph: Graph, batch: PackedBatch, config: NetworkConfig, weight: Tensor): Tensor {
  const { members, features } = config;
  const distinct = batch.circuits.reduce((sum, circuit) => sum + circuit.features.length / features, 0);
  const stacked = new Float32Array(members * distinct * features);
  let at = 0;
  for (let g = 0; g < members; g++) {
    for (const circuit of batch.circuits) {
      stacked.set(circuit.features, at);
      at += circuit.features.length;
    }
  }
  const table = linear(graph.constant(stacked, members * distinct, features), weight, null, { groups: members });
  return gatherRows(table, memberRows(batch.featureOfToken, distinct, members));
}

function embedInputs(
  batch: PackedBatch,
  config: NetworkConfig,
  inputs: NetworkInputs,
  weights: (name: string) => Tensor,
): Tensor {
  const { members } = config;
  const kinds = [
    { values: inputs.parameter, weight: 'embed.parameter.weight', rows: batch.parameterRows, tokens: batch.tokenOfParameter },
    { values: inputs.spec, weight: 'embed.spec.weight', rows: batch.specRows, tokens: batch.tokenOfSpec },
    { values: inputs.circuit, weight: 'embed.circuit.weight', rows: batch.sequences, tokens: batch.lastToken },
  ].filter((kind): kind is typeof kind & { values: Tensor } => kind.values !== null);

  const embedded = kinds.map(({ values, weight, rows }) =>
    linear(everyMember(values, rows, members), weights(weight), null, { groups: members }),
  );
  // Every token takes at most one of the embedded rows: a 0/1 matrix with an empty row where a token has no input.
  const source = new Int32Array(members * batch.rows).fill(-1);
  let base = 0;
  for (const { rows, tokens } of kinds) {
    for (let g = 0; g < members; g++) {
      for (let i = 0; i < rows; i++) source[g * batch.rows + tokens[i]!] = base + g * rows + i;
    }
    base += members * rows;
  }
  const starts = new Int32Array(source.length + 1);
  for (let row = 0; row < source.length; row++) starts[row + 1] = starts[row]! + (source[row]! >= 0 ? 1 : 0);
  return gatherRows(
    concatRows(...embedded),
    source.filter((row) => row >= 0),
    { starts },
  );
}

/** Repeats rows for every member unless they already come member by member. */
export function everyMember(values: Tensor, rows: number, members: number): Tensor {
  if (values.rows === rows * members) return values;
  return gatherRows(values, repeatedRows(rows, members));
}

/** A two-layer head on hidden rows: `inputs` → width, SiLU, → `outputs`. */
export function addHeadWeights(
  group: VariableGroup,
  name: string,
  inputs: number,
  width: number,
  outputs: number,
  members: number,
  random: UniformSource,
  gain = 1,
): void {
  group.add(`${name}.hidden.weight`, members * width, inputs, linearInitialiser(random, inputs));
  group.add(`${name}.hidden.bias`, members, width, filledWith(0));
  group.add(`${name}.out.weight`, members * outputs, width, linearInitialiser(random, width, gain));
  group.add(`${name}.out.bias`, members, outputs, filledWith(0));
}

/** @param hidden [members · rows, inputs]; @returns [members · rows, outputs] */
export function runHead(graph: Graph, group: VariableGroup, name: string, hidden: Tensor, members: number): Tensor {
  const weights = weightsOf(graph, group, `${name}.`);
  const inner = linear(hidden, weights('hidden.weight'), weights('hidden.bias'), { groups: members, activation: 'silu' });
  return linear(inner, weights('out.weight'), weights('out.bias'), { groups: members });
}
