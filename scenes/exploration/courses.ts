/** The course of an episode: the sizings that an environment went through, one after the other. */
import type { PointColumns } from '../store/points';

/** Rows of the episode that a point belongs to, in the order of their steps. */
export function courseOf(points: PointColumns, row: number): readonly number[] {
  const same = (other: number) =>
    points.slot[other] === points.slot[row] &&
    points.episode[other] === points.episode[row] &&
    points.phase[other] === points.phase[row];
  const rows = [row];
  // An environment goes through one episode after the other: what belongs to another one of its own ends the search.
  for (const step of [-1, 1]) {
    for (let other = row + step; other >= 0 && other < points.count; other += step) {
      if (points.slot[other] !== points.slot[row] || points.phase[other] !== points.phase[row]) continue;
      if (!same(other)) break;
      rows.push(other);
    }
  }
  return rows.sort((a, b) => points.step[a] - points.step[b] || a - b);
}
