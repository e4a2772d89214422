import type { KernelName } from '../plan';
import { attention, attentionBackward } from './attention';
import { causalConv, causalConvBackward } from './causal-conv';
import { elementwise } from './elementwise';
import type { ReferenceKernel } from './kernel';
import { matmul } from './matmul';
import { copy, gatherElements, gatherRows, scatterElements } from './move';
import { adamw, clipScale } from './optimise';
import { random } from './random';
import { columnSum, rowSum } from './reduce';
import { rmsNorm, rmsNormBackward } from './rms-norm';
import { selectiveScan, selectiveScanBackward } from './selective-scan';

/** Every kernel of the plan contract, in float64. */
export const kernels: { readonly [Name in KernelName]: ReferenceKernel<Name> } = {
  matmul,
  'column-sum': columnSum,
  'row-sum': rowSum,
  'rms-norm': rmsNorm,
  'rms-norm-backward': rmsNormBackward,
  'causal-conv': causalConv,
  'causal-conv-backward': causalConvBackward,
  'selective-scan': selectiveScan,
  'selective-scan-backward': selectiveScanBackward,
  attention,
  'attention-backward': attentionBackward,
  elementwise,
  copy,
  'gather-rows': gatherRows,
  'gather-elements': gatherElements,
  'scatter-elements': scatterElements,
  random,
  'clip-scale': clipScale,
  adamw,
};
