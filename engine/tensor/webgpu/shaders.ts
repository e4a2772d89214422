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
import math from '../../../shaders/math.wgsl?raw';
import matmul from '../../../shaders/matmul.wgsl?raw';
import random from '../../../shaders/random.wgsl?raw';
import reduce from '../../../shaders/reduce.wgsl?raw';
import rmsNorm from '../../../shaders/rms-norm.wgsl?raw';
import rmsNormBackward from '../../../shaders/rms-norm-backward.wgsl?raw';
import rowSum from '../../../shaders/row-sum.wgsl?raw';
import scatterElements from '../../../shaders/scatter-elements.wgsl?raw';
import selectiveScan from '../../../shaders/selective-scan.wgsl?raw';
import selectiveScanBackward from '../../../shaders/selective-scan-backward.wgsl?raw';
import selectiveScanCarry from '../../../shaders/selective-scan-carry.wgsl?raw';
import stageConvBackward from '../../../shaders/stage-conv-backward.wgsl?raw';
import stageImport from '../../../shaders/stage-import.wgsl?raw';
import stageMamba from '../../../shaders/stage-mamba.wgsl?raw';
import stageMambaBackward from '../../../shaders/stage-mamba-backward.wgsl?raw';
import stageMatmul from '../../../shaders/stage-matmul.wgsl?raw';
import stageNarrowMatmul from '../../../shaders/stage-narrow-matmul.wgsl?raw';
import stageScan from '../../../shaders/stage-scan.wgsl?raw';
import stageScanBackward from '../../../shaders/stage-scan-backward.wgsl?raw';
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
  matmul,
  random,
  reduce,
  'rms-norm': rmsNorm,
  'rms-norm-backward': rmsNormBackward,
  'row-sum': rowSum,
  'scatter-elements': scatterElements,
  'selective-scan': selectiveScan,
  'selective-scan-backward': selectiveScanBackward,
  'selective-scan-carry': selectiveScanCarry,
  'stage-conv-backward': stageConvBackward,
  'stage-import': stageImport,
  'stage-mamba': stageMamba,
  'stage-mamba-backward': stageMambaBackward,
  'stage-matmul': stageMatmul,
  'stage-narrow-matmul': stageNarrowMatmul,
  'stage-scan': stageScan,
  'stage-scan-backward': stageScanBackward,
};

export type ShaderName = keyof typeof sources;

/** Files that others take in with `//! include`. */
export const includes: Readonly<Record<string, string>> = { math };

/** Every kernel's WGSL file, parsed. */
export const shaders = Object.fromEntries(
  Object.entries(sources).map(([name, source]) => [name, parseShader(name, source)]),
) as Readonly<Record<ShaderName, Shader>>;
