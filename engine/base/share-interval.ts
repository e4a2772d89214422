export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Of the normal distribution, for 95 % on both sides together. */
const Z = 1.959963984540054;

/** Wilson's 95 % interval for a share: it holds for few samples and for shares of 0 and 1, too. */
export function shareInterval(met: number, count: number): Interval {
  if (count === 0) return { low: 0, high: 1 };
  const share = met / count;
  const scale = 1 + Z ** 2 / count;
  const center = (share + Z ** 2 / (2 * count)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2))) / scale;
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}
