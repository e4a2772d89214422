import type { IndexView, Launch, Plan, View } from '../plan';
import type { Dispatch, Lowering } from './dispatch';
import { lowerAttention } from './kernels/attention';
import { lowerCausalConv, lowerCausalConvBackward } from './kernels/conv';
import { lowerCopy, lowerElements, lowerGatherRows, lowerRandom } from './kernels/data';
import { lowerElementwise } from './kernels/elementwise';
import { lowerMatmul } from './kernels/matmul';
import { lowerRmsNorm } from './kernels/norm';
import { lowerAdamw, lowerClipScale } from './kernels/optimiser';
import { lowerColumnSum, lowerRowSum } from './kernels/reduce';
import { lowerScan, lowerScanBackward } from './kernels/scan';

/** A plan as dispatches, with the storage they need beyond the plan's own. */
export interface Lowered {
  readonly dispatches: readonly Dispatch[];
  /** Elements of arena, scratch of the launches included (it lies behind the plan's own). */
  readonly arenaLength: number;
  /** The plan's indices, then derived tables. */
  readonly indices: Int32Array;
}

const ALIGNMENT = 64;
const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/**
 * Lowers a plan for a device on which about `parallel` workgroups run at once.
 */
export function lowerPlan(plan: Plan, parallel: number): Lowered {
  const base = aligned(plan.arenaLength);
  let used = 0;
  let most = 0;
  const tables = new Map<string, IndexView>();
  const extra: ArrayLike<number>[] = [];
  let indexLength = aligned(plan.indices.length);

  const context: Lowering = {
    parallel,
    scratch(rows, columns): View {
      const view: View = { space: 'arena', group: '', offset: base + used, rows, columns, stride: columns };
      used += aligned(rows * columns);
      most = Math.max(most, used);
      return view;
    },
    table(key, build): IndexView {
      const known = tables.get(key);
      if (known) return known;
      const values = build();
      const view: IndexView = { offset: indexLength, length: values.length };
      indexLength += aligned(values.length);
      extra.push(values);
      tables.set(key, view);
      return view;
    },
    values: (view) => plan.indices.subarray(view.offset, view.offset + view.length),
  };

  const dispatches: Dispatch[] = [];
  for (const launch of plan.launches) {
    used = 0; // scratch lives for one launch: dispatches run in order
    dispatches.push(...lowerLaunch(launch, context));
  }

  const indices = new Int32Array(indexLength);
  indices.set(plan.indices);
  let at = aligned(plan.indices.length);
  for (const values of extra) {
    indices.set(values, at);
    at += aligned(values.length);
  }
  return { dispatches: dispatches.filter((dispatch) => dispatch.workgroups > 0), arenaLength: base + most, indices };
}

function lowerLaunch(launch: Launch, context: Lowering): Dispatch[] {
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
      return lowerGatherRows(launch);
    case 'gather-elements':
    case 'scatter-elements':
      return lowerElements(launch);
    case 'random':
      return lowerRandom(launch);
    case 'clip-scale':
      return lowerClipScale(launch, context);
    case 'adamw':
      return lowerAdamw(launch);
  }
}
