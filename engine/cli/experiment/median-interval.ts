/**
 * An interval that covers the median of what was sampled with at least `confidence`, whatever its distribution: two
 * order statistics, by the binomial distribution. Null where there are too few values.
 */
export function medianInterval(values: readonly number[], confidence = 0.95): readonly [low: number, high: number] | null {
  const n = values.length;
  const sorted = [...values].sort((a, b) => a - b);
  // Chance that fewer than k of n values lie below the median.
  let tail = 0;
  let term = 2 ** -n;
  let k = 0;
  while (tail + term <= (1 - confidence) / 2) {
    tail += term;
    term *= (n - k) / (k + 1);
    k++;
  }
  return k === 0 ? null : [sorted[k - 1]!, sorted[n - k]!];
}
