/** The list of runs: a row a run, with a box to choose it for comparison. */
import type { RunListing } from '../../engine/api/questions';
import { formatCount, formatQuantity } from '../format/engineering';
import { element } from '../shell/dom';
import { describeBest, describeChanges, describeDate, describeState } from './describe';

export interface RunTableState {
  readonly selected: string | null;
  readonly chosen: readonly string[];
  /** The recorded run that is looked at. */
  readonly looked: string | null;
}

export interface RunTable {
  readonly root: HTMLElement;
  show(runs: readonly RunListing[], state: RunTableState): void;
}

const HEADS = ['', 'Run', 'Circuits', 'Simulations', 'Best', 'Size', 'Begun (UTC)'];

export function createRunTable(actions: {
  select(id: string): void;
  open(id: string): void;
  choose(id: string): void;
}): RunTable {
  const body = element('tbody', {});
  const root = element(
    'table',
    { className: 'plain-table runs-table' },
    element('caption', { className: 'visually-hidden' }, 'Recorded runs'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...HEADS.map((text) =>
          text === '' ? element('td', { title: 'Choose two to compare' }, '⇄') : element('th', { scope: 'col' }, text),
        ),
      ),
    ),
    body,
  );
  let drawn = '';

  function row(run: RunListing, { selected, chosen, looked }: RunTableState): HTMLElement {
    const share = Math.min(1, run.training / Math.max(1, run.budget));
    const bar = element('i', {});
    bar.style.width = `${100 * share}%`;
    const parent = run.parent
      ? [
          element(
            'span',
            { className: 'run-parent' },
            `from ${run.parent.run}, simulation ${formatCount(run.parent.simulations)}: ${describeChanges(run.parent.changes)}`,
          ),
        ]
      : [];
    const box = element('input', {
      type: 'checkbox',
      checked: chosen.includes(run.id),
      ariaLabel: `Compare ${run.id}`,
      title: 'Choose two to compare',
      onchange: () => actions.choose(run.id),
    });
    const name = element(
      'button',
      { type: 'button', className: 'link run-name', title: 'Select; twice: look at it', onclick: () => actions.select(run.id) },
      run.id,
    );
    name.setAttribute('aria-pressed', String(run.id === selected));
    return element(
      'tr',
      {
        dataset: { run: run.id, selected: String(run.id === selected), looked: String(run.id === looked) },
        onclick: (event) => {
          if (!(event.target as HTMLElement).closest('button, input')) actions.select(run.id);
        },
        ondblclick: () => actions.open(run.id),
      },
      element('td', {}, box),
      element(
        'th',
        { scope: 'row' },
        name,
        element(
          'span',
          { className: 'run-state-word', dataset: { state: run.current ? 'current' : run.state } },
          run.id === looked ? 'looked at' : describeState(run),
        ),
        ...parent,
      ),
      element(
        'td',
        {},
        ...run.circuits.map(({ id }) => element('div', {}, id)),
        element('span', { className: 'run-parent' }, `${run.agent}, seed ${run.seed}`),
      ),
      element(
        'td',
        { className: 'number' },
        `${formatCount(run.training)} of ${formatCount(run.budget)}`,
        element('span', { className: 'run-progress', ariaHidden: 'true' }, bar),
      ),
      element('td', {}, ...run.circuits.map((circuit) => element('div', {}, describeBest(circuit)))),
      element('td', { className: 'number' }, formatQuantity(run.bytes, 'B')),
      element('td', {}, describeDate(run)),
    );
  }

  return {
    root,
    show(runs, state) {
      // Nothing is replaced under the pointer or the focus where nothing has changed.
      const wanted = JSON.stringify([runs, state]);
      if (wanted === drawn) return;
      drawn = wanted;
      const focused = document.activeElement?.closest('tr')?.dataset.run;
      const kind = document.activeElement?.tagName.toLowerCase();
      root.hidden = runs.length === 0;
      body.replaceChildren(...runs.map((run) => row(run, state)));
      if (focused !== undefined) body.querySelector<HTMLElement>(`tr[data-run="${focused}"] ${kind}`)?.focus();
    },
  };
}
