/** The wall as a table: what a screen reader reads instead of the canvas, and what is shown where nothing can be drawn. */
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import { worstDistance } from '../format/distance';
import { formatPercent, formatReward } from '../format/engineering';
import { STATE_NAMES } from '../format/states';

export interface WallRow {
  readonly environment: number;
  readonly circuit: string;
  readonly state: string;
  readonly step: string;
  readonly reward: string;
  readonly held: string;
  readonly worst: string;
}

export function wallRows(catalogue: Catalogue, snapshot: Snapshot): readonly WallRow[] {
  const { environments } = snapshot;
  return Array.from({ length: environments.count }, (_, e) => {
    const info = catalogue.circuits[environments.circuit[e]];
    const offset = environments.specOffset[e];
    const count = info.specs.length;
    const distances = environments.distances.subarray(offset, offset + count);
    const worst = worstDistance(distances, 0, count);
    const hardest = info.specs[distances.findIndex((distance) => distance === worst || (Number.isNaN(distance) && worst === -1))];
    return {
      environment: e,
      circuit: info.title,
      state: STATE_NAMES[environments.state[e]] ?? 'unknown',
      step: String(environments.episodeStep[e]),
      reward: formatReward(environments.reward[e]),
      held: `${distances.filter((distance) => distance >= 0).length} of ${count}`,
      worst: worst >= 0 ? 'none missed' : `${hardest?.title ?? 'unknown'} (${formatPercent(Math.abs(worst))} off)`,
    };
  });
}

const HEADS = ['Environment', 'Circuit', 'State', 'Episode step', 'Reward', 'Targets met', 'Furthest from target'];

/** Rewrites the table's body; called rarely (at most once a second), so plainly. */
export function fillWallTable(table: HTMLTableElement, rows: readonly WallRow[]): void {
  if (!table.tHead) {
    table.createCaption().textContent = 'Environments';
    const row = table.createTHead().insertRow();
    for (const title of HEADS) {
      const head = document.createElement('th');
      head.scope = 'col';
      head.textContent = title;
      row.append(head);
    }
  }
  const body = table.tBodies[0] ?? table.createTBody();
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach((row, index) => {
    const line = body.rows[index] ?? body.insertRow();
    Object.values(row).forEach((value, column) => {
      const cell = line.cells[column] ?? line.insertCell();
      const text = String(value);
      if (cell.textContent !== text) cell.textContent = text;
    });
  });
}
