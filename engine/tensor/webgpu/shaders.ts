import adamw from '../../../shaders/adamw.wgsl?raw';
import attention from '../../../shaders/attention.wgsl?raw';
import attentionBackwardKey from '../../../shaders/attention-backward-key.wgsl?raw';
import attentionBackwardQuery from '../../../shaders/attention-backward-query.wgsl?raw';
import causalConv from '../../../shaders/causal-conv.wgsl?raw';
import causalConvBackward from '../../../shaders/causal-conv-backward.wgsl?raw';
import clipScale from '../../../shaders/clip-scale.wgsl?raw';
import columnSum from '../../../shaders/column-sum.wgsl?raw';
import copy from '../../../shaders/copy.wgsl?raw';
import elementwise from '../../../shaders/elementwise.wgsl?raw';
import gatherElements from '../../../shaders/gather-elements.wgsl?raw';
import gatherRows from '../../../shaders/gather-rows.wgsl?raw';
import laneSums from '../../../shaders/lane-sums.wgsl?raw';
import lanes from '../../../shaders/lanes.wgsl?raw';
import lanesSubgroups from '../../../shaders/lanes-subgroups.wgsl?raw';
import mambaBlock from '../../../shaders/mamba-block.wgsl?raw';
import mambaBlockBackward from '../../../shaders/mamba-block-backward.wgsl?raw';
import mambaProduct from '../../../shaders/mamba-product.wgsl?raw';
import mambaSegment from '../../../shaders/mamba-segment.wgsl?raw';
import mambaWeights from '../../../shaders/mamba-weights.wgsl?raw';
import math from '../../../shaders/math.wgsl?raw';
import matmul from '../../../shaders/matmul.wgsl?raw';
import matmulNarrow from '../../../shaders/matmul-narrow.wgsl?raw';
import packWeights from '../../../shaders/pack-weights.wgsl?raw';
import random from '../../../shaders/random.wgsl?raw';
import reduce from '../../../shaders/reduce.wgsl?raw';
import rmsNorm from '../../../shaders/rms-norm.wgsl?raw';
import rmsNormBackward from '../../../shaders/rms-norm-backward.wgsl?raw';
import rowSum from '../../../shaders/row-sum.wgsl?raw';
import scatterElements from '../../../shaders/scatter-elements.wgsl?raw';
import selectiveScan from '../../../shaders/selective-scan.wgsl?raw';
import selectiveScanBackward from '../../../shaders/selective-scan-backward.wgsl?raw';
import selectiveScanCarry from '../../../shaders/selective-scan-carry.wgsl?raw';
import { parseShader, type Shader } from './shader';

const sources = {
  adamw,
  attention,
  'attention-backward-key': attentionBackwardKey,
  'attention-backward-query': attentionBackwardQuery,
  'causal-conv': causalConv,
  'causal-conv-backward': causalConvBackward,
  'clip-scale': clipScale,
  'column-sum': columnSum,
  copy,
  elementwise,
  'gather-elements': gatherElements,
  'gather-rows': gatherRows,
  'mamba-block': mambaBlock,
  'mamba-block-backward': mambaBlockBackward,
  matmul,
  'matmul-narrow': matmulNarrow,
  'pack-weights': packWeights,
  random,
  reduce,
  'rms-norm': rmsNorm,
  'rms-norm-backward': rmsNormBackward,
  'row-sum': rowSum,
  'scatter-elements': scatterElements,
  'selective-scan': selectiveScan,
  'selective-scan-backward': selectiveScanBackward,
  'selective-scan-carry': selectiveScanCarry,
};

export type ShaderName = keyof typeof sources;

/** Files that others take in with `//! include`; those that use subgroups take the place of others where there are any. */
export const includes: Readonly<Record<string, { readonly text: string; readonly subgroups?: string }>> = {
  math: { text: math },
  lanes: { text: lanes, subgroups: lanesSubgroups },
  'lane-sums': { text: laneSums },
};

/** Files that others take in with `//! paste`. */
const pasted = { 'mamba-product': mambaProduct, 'mamba-segment': mambaSegment, 'mamba-weights': mambaWeights };

/** Every kernel's WGSL file, parsed. */
export const shaders = Object.fromEntries(
  Object.entries(sources).map(([name, source]) => [name, parseShader(name, source, pasted)]),
) as Readonly<Record<ShaderName, Shader>>;
