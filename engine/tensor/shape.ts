import type { Tensor } from './graph';

/** A shape as people read it: `[3, 4]`. */
export function shapeText(tensor: { readonly rows: number; readonly columns: number }): string {
  return `[${tensor.rows}, ${tensor.columns}]`;
}

/** Thrown while a graph is built: which op, what it got, what it expected. Never thrown at run time. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';

  constructor(op: string, got: Readonly<Record<string, Tensor | number | null | undefined>>, expected: string) {
    const list = Object.entries(got)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? value : shapeText(value as Tensor)}`);
    super(`${op}: got ${list.join(', ')}; expected ${expected}`);
  }
}

/** Checks segment starts: S + 1 row numbers from 0 to `rows` that do not fall. */
export function checkSegments(op: string, segments: Int32Array, rows: number): void {
  const last = segments.length - 1;
  if (last < 1 || segments[0] !== 0 || segments[last] !== rows)
    throw new Error(
      `${op}: segments must be S + 1 row numbers from 0 to ${rows} (the rows of its input); ` +
        `got ${segments.length} numbers from ${segments[0]} to ${segments[last]}`,
    );
  for (let s = 0; s < last; s++)
    if (segments[s + 1]! < segments[s]!)
      throw new Error(
        `${op}: segment ${s} ends before it starts (${segments[s]} to ${segments[s + 1]}); segment starts must not fall`,
      );
}

/** Checks that `groups` divides a tensor's rows. */
export function checkGroups(op: string, x: Tensor, groups: number): void {
  if (!Number.isInteger(groups) || groups < 1 || x.rows % groups !== 0)
    throw new ShapeError(op, { x, groups }, 'a whole number of groups ≥ 1 that divides the rows of x');
}
