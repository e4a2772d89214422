import { condition, firstKernel, fitKernel, type Kernel, type KernelFamily } from '../base';

/**
 * What real results alone say of a measure: a Gaussian process over sizings with a length scale a parameter, for a measure
 * depends on few of them, and a linear trend, for on a logarithmic scale most of a circuit is a power law.
 */
export interface MeasureRegression {
  meanAt(u: Float32Array): number;
  /** Standard deviation of what is believed. */
  deviationAt(u: Float32Array): number;
  /** Mean absolute leave-one-out error. */
  readonly error: number;
}

const FAMILY: KernelFamily = {
  firstLength: 1,
  length: [0.05, 20],
  signal: [0.01, 100],
  noise: [1e-6, 0.3],
  linear: [0.01, 100],
  lengthPrior: { mean: 0.5, deviation: Math.SQRT2 },
};
const STEPS = 40;
/** Kernels are fitted on so many points, and deviations told from so many: enough, and far cheaper than all. */
const FITTED_ON = 100;
const DEVIATION_FROM = 80;

/** Shifted and scaled to mean 0 and deviation 1. */
interface Standard {
  readonly middle: number;
  readonly spread: number;
  readonly values: Float64Array;
}

function standardised(z: readonly Float32Array[], spec: number): Standard {
  const middle = z.reduce((sum, row) => sum + row[spec]!, 0) / z.length;
  const spread = Math.sqrt(z.reduce((sum, row) => sum + (row[spec]! - middle) ** 2, 0) / z.length) + 1e-9;
  return { middle, spread, values: Float64Array.from(z, (row) => (row[spec]! - middle) / spread) };
}

/** One kernel a spec. @param sizings nearest to where it matters first */
export function fitMeasureKernels(
  sizings: readonly Float32Array[],
  z: readonly Float32Array[],
  specs: number,
): readonly Kernel[] {
  const used = sizings.slice(0, FITTED_ON);
  return Array.from({ length: specs }, (_, k) => {
    const { values } = standardised(z.slice(0, FITTED_ON), k);
    return fitKernel(used, values, firstKernel(used[0]!.length, FAMILY), FAMILY, STEPS);
  });
}

/** One regression a spec; null where a kernel cannot tell the points apart. @param sizings nearest to where it matters first */
export function regressMeasures(
  sizings: readonly Float32Array[],
  z: readonly Float32Array[],
  kernels: readonly Kernel[],
): readonly (MeasureRegression | null)[] {
  return kernels.map((kernel, k) => {
    const { middle, spread, values } = standardised(z, k);
    const process = condition(sizings, values, kernel);
    return (
      process && {
        meanAt: (u) => middle + spread * process.meanAt(u),
        deviationAt: (u) => spread * process.deviationAt(u, DEVIATION_FROM),
        error: spread * process.leaveOneOut(),
      }
    );
  });
}
