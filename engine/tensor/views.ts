import type { View } from './plan';

/** Whether two views of one storage share elements. */
export function overlaps(a: View, b: View): boolean {
  const endOf = (view: View) => view.offset + (view.rows - 1) * view.stride + view.columns;
  if (endOf(a) <= b.offset || endOf(b) <= a.offset) return false;
  const stride = a.stride;
  if (a.rows === 1 || b.rows === 1 || b.stride !== stride) return true;
  // Columns of one wider tensor, side by side: apart if neither reaches the other within a row.
  const base = Math.min(a.offset, b.offset);
  const [startA, startB] = [(a.offset - base) % stride, (b.offset - base) % stride];
  const wraps = startA + a.columns > stride || startB + b.columns > stride;
  return wraps || (startA < startB + b.columns && startB < startA + a.columns);
}

export function sameView(a: View, b: View): boolean {
  return (
    a.space === b.space &&
    a.group === b.group &&
    a.offset === b.offset &&
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.stride === b.stride
  );
}
