import type { Launch } from '../plan';

/** What one launch of a program took, for one replay. */
export interface LaunchProfile {
  readonly label: string;
  readonly kernel: Launch['kernel'];
  readonly milliseconds: number;
  /** Multiplications and additions of a matrix product; 0 for kernels that do other things. */
  readonly flops: number;
}

export function flopsOf(launch: Launch): number {
  if (launch.kernel !== 'matmul') return 0;
  const { groups, m, n, k } = launch.attributes;
  return 2 * groups * m * n * k;
}

/** Sums a profile by kernel, the slowest first. */
export function byKernel(
  profile: readonly LaunchProfile[],
): { kernel: string; launches: number; milliseconds: number; flops: number }[] {
  const sums = new Map<string, { kernel: string; launches: number; milliseconds: number; flops: number }>();
  for (const { kernel, milliseconds, flops } of profile) {
    const sum = sums.get(kernel) ?? { kernel, launches: 0, milliseconds: 0, flops: 0 };
    sum.launches++;
    sum.milliseconds += milliseconds;
    sum.flops += flops;
    sums.set(kernel, sum);
  }
  return [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
