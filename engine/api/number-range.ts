/** What a number may be, ends included. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly whole?: true;
}

export function isWithin({ low, high, whole }: NumberRange, value: number): boolean {
  return value >= low && value <= high && (!whole || Number.isInteger(value));
}

/** As an error says it: `a whole number from 1 to 64`. */
export function describeRange({ low, high, whole }: NumberRange): string {
  const number = `a ${whole ? 'whole ' : ''}number`;
  if (low === Number.NEGATIVE_INFINITY) return high === Number.POSITIVE_INFINITY ? number : `${number} of ${high} or less`;
  return high === Number.POSITIVE_INFINITY ? `${number} of ${low} or more` : `${number} from ${low} to ${high}`;
}
