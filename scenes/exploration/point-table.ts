/** What the canvas shows, as a table: the best of the points that pass the brushes. */
import { formatCount, formatReward } from '../format/engineering';
import { element } from '../shell/dom';
import type { ExplorationModel } from './model';

const ROWS = 20;

export function fillPointTable(table: HTMLTableElement, model: ExplorationModel): void {
  const { info, points } = model;
  const S = info.specs.length;
  const columns = ['Point', ...model.axes.map(({ title, kind }) => (kind === 'reward' ? 'Reward' : title))];
  const body = model.best(ROWS).map((row) => {
    const cells = model.axes.map((axis) => axis.format(axis.of(points, row)));
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, String(points.first + row)),
      ...cells.map((text) => element('td', {}, text)),
    );
  });
  const best = model.best(1)[0];
  const caption = `${info.title}: ${formatCount(model.passing)} of ${formatCount(model.count)} points pass the brushes; ${
    best === undefined ? 'none is valid' : `the best of them has reward ${formatReward(points.reward[best])}`
  }. ${S} specs. The ${ROWS} best:`;
  table.replaceChildren(
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...columns.map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...body),
  );
}
