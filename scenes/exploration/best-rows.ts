import type { PointColumns } from '../store/points';

/** Steps into which rewards from -1 to 1 fall. */
const STEPS = 1024;

/**
 * Valid rows that pass, by reward, best first, at most `k` of the first `count`. Only rows above a cut are sorted: it is
 * found by counting how many rewards fall into each of many steps.
 */
export function bestRows({ reward, valid }: PointColumns, passes: Uint8Array, count: number, k: number): readonly number[] {
  const steps = new Uint32Array(STEPS + 1);
  const step = (row: number) => Math.round(((1 + reward[row]) * STEPS) / 2);
  const counts = (row: number) => passes[row] === 1 && valid[row] === 1;
  for (let row = 0; row < count; row++) if (counts(row)) steps[step(row)]++;
  let cut = STEPS;
  for (let above = steps[cut]; above < k && cut > 0; above += steps[cut]) cut--;
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (counts(row) && step(row) >= cut) rows.push(row);
  return rows.sort((a, b) => reward[b] - reward[a]).slice(0, k);
}
