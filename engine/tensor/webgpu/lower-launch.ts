import type { Launch } from '../plan';
import type { KernelCall, Lowering } from './dispatch';
import { lowerAttention } from './kernels/attention';
import { lowerCausalConv, lowerCausalConvBackward } from './kernels/conv';
import { lowerCopy, lowerElements, lowerGatherRows, lowerRandom } from './kernels/data';
import { lowerElementwise } from './kernels/elementwise';
import { lowerMatmul } from './kernels/matmul';
import { lowerRmsNorm } from './kernels/norm';
import { lowerAdamw, lowerClipScale } from './kernels/optimiser';
import { lowerColumnSum, lowerRowSum } from './kernels/reduce';
import { lowerScan, lowerScanBackward } from './kernels/scan';

/** The kernels of a launch, to be run one after another. */
export function lowerLaunch(launch: Launch, context: Lowering): KernelCall[] {
  switch (launch.kernel) {
    case 'matmul':
      return lowerMatmul(launch, context);
    case 'column-sum':
      return lowerColumnSum(launch, context);
    case 'row-sum':
      return lowerRowSum(launch, context);
    case 'rms-norm':
    case 'rms-norm-backward':
      return lowerRmsNorm(launch);
    case 'causal-conv':
      return lowerCausalConv(launch, context);
    case 'causal-conv-backward':
      return lowerCausalConvBackward(launch, context);
    case 'selective-scan':
      return lowerScan(launch, context);
    case 'selective-scan-backward':
      return lowerScanBackward(launch, context);
    case 'attention':
    case 'attention-backward':
      return lowerAttention(launch, context);
    case 'elementwise':
      return lowerElementwise(launch);
    case 'copy':
      return lowerCopy(launch);
    case 'gather-rows':
      return lowerGatherRows(launch, context);
    case 'gather-elements':
    case 'scatter-elements':
      return lowerElements(launch, context);
    case 'random':
      return lowerRandom(launch);
    case 'clip-scale':
      return lowerClipScale(launch, context);
    case 'adamw':
      return lowerAdamw(launch);
  }
}
