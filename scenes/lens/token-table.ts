/** Tokens as rows: how each Mamba layer takes them in (step size Δ, state), and which action listens to which token. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { LensAnswer } from '../../engine/api/questions';
import { element } from '../shell/dom';

interface Column {
  readonly title: string;
  readonly note: string;
  readonly values: ArrayLike<number>;
  /** Signed values stand on both sides of nothing; others go from least to most. */
  readonly signed: boolean;
  readonly group: string;
}

/** Names of the tokens in the order in which the networks are told them. */
export function tokenNames({ parameters, specs }: CircuitInfo): readonly { readonly name: string; readonly kind: string }[] {
  return [
    { name: 'circuit', kind: 'circuit' },
    ...parameters.map(({ name }) => ({ name, kind: 'parameter' })),
    ...specs.map(({ title }) => ({ name: title, kind: 'spec' })),
    { name: 'circuit, again', kind: 'circuit' },
  ];
}

/** Strength of a cell, -1 … 1, against the largest of its column. */
export function strengths(values: ArrayLike<number>, signed: boolean): readonly number[] {
  const all = Array.from(values);
  if (signed) {
    const most = Math.max(1e-12, ...all.map(Math.abs));
    return all.map((value) => value / most);
  }
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return all.map((value) => (most > least ? (value - least) / (most - least) : 0));
}

function columnsOf(info: CircuitInfo, { insight }: LensAnswer): readonly Column[] {
  const { layers, attribution, tokens } = insight;
  const inside = layers.flatMap(({ network, layer, backward, step, state }) => {
    const reading = backward ? 'from the last token up' : 'from the first token down';
    const group = `${network} · ${layer + 1} ${backward ? '↑' : '↓'}`;
    return [
      { title: 'Δ', note: `${network}, layer ${layer + 1}, read ${reading}: step size Δ`, values: step, signed: false, group },
      {
        title: '|h|',
        note: `${network}, layer ${layer + 1}, read ${reading}: size of the state`,
        values: state,
        signed: false,
        group,
      },
    ];
  });
  const actions = info.parameters.map(({ name, title }, p) => ({
    title: name,
    note: `what the step of ${title} owes to the token`,
    values: attribution.subarray(p * tokens, (p + 1) * tokens),
    signed: true,
    group: 'Attribution of each step',
  }));
  return [...actions, ...inside];
}

export function createTokenTable() {
  const table = element('table', { className: 'lens-tokens' });
  const root = element('div', { className: 'lens-scroll', tabIndex: 0, role: 'region', ariaLabel: 'Tokens' }, table);
  let shape = '';
  let cells: HTMLTableCellElement[][] = [];

  function build(info: CircuitInfo, columns: readonly Column[]): void {
    const groups: { name: string; span: number }[] = [];
    for (const { group } of columns) {
      const last = groups.at(-1);
      if (last?.name === group) last.span++;
      else groups.push({ name: group, span: 1 });
    }
    const names = tokenNames(info);
    cells = names.map(() => columns.map(() => element('td')));
    table.replaceChildren(
      element(
        'caption',
        { className: 'visually-hidden' },
        'Tokens of the situation: attribution of each action, and the inside of each layer',
      ),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('td'),
          ...groups.map(({ name, span }) => element('th', { scope: 'colgroup', colSpan: span }, name)),
        ),
        element(
          'tr',
          {},
          element('td'),
          ...columns.map(({ title, note }) => element('th', { scope: 'col', title: note }, title)),
        ),
      ),
      element(
        'tbody',
        {},
        ...names.map(({ name, kind }, t) =>
          element('tr', { dataset: { kind } }, element('th', { scope: 'row' }, name), ...cells[t]),
        ),
      ),
    );
  }

  return {
    root,
    show(info: CircuitInfo, answer: LensAnswer) {
      const columns = columnsOf(info, answer);
      const wanted = `${info.id} ${columns.map(({ group, title }) => group + title).join()}`;
      if (wanted !== shape) build(info, columns);
      shape = wanted;
      columns.forEach(({ values, signed, note, title }, c) => {
        strengths(values, signed).forEach((strength, t) => {
          const cell = cells[t][c];
          cell.style.setProperty('--strength', `${Math.round(Math.abs(strength) * 100)}%`);
          cell.dataset.sign = !signed ? 'size' : strength < 0 ? 'less' : 'more';
          // A second channel beside colour, where it says much.
          cell.textContent = signed && Math.abs(strength) > 0.5 ? (strength < 0 ? '−' : '+') : '';
          cell.title = `${note} (${title}): ${values[t].toPrecision(3)}`;
        });
      });
    },
  };
}
