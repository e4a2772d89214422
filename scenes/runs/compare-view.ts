/** Two runs side by side: settings that differ, simulations to target, and how near each came over its simulations. */
import type { BestCourse, RecordedRun, RunListing } from '../../engine/api/questions';
import { formatCount } from '../format/engineering';
import { element } from '../shell/dom';
import type { Studio } from '../shell/scene';
import { seriesStyle } from '../theme/series';
import type { ThemeName } from '../theme/tokens';
import { type CourseChart, createCourseChart } from './course-chart';
import { describeBest, describeState, differences } from './describe';

export interface CompareView {
  readonly root: HTMLElement;
  /** Shows two runs, or nothing. Resolves when it is drawn. */
  show(pair: readonly [string, string] | null): Promise<void>;
  destroy(): void;
}

interface Compared {
  readonly run: RecordedRun;
  readonly courses: readonly BestCourse[];
}

export function createCompareView(studio: Studio): CompareView {
  const root = element('section', { className: 'compare', ariaLabel: 'Two runs side by side', hidden: true });
  let charts: readonly CourseChart[] = [];
  let wanted = '';
  const observer = new ResizeObserver(() => {
    for (const chart of charts) chart.resize();
  });
  observer.observe(root);

  const clear = () => {
    for (const chart of charts) chart.destroy();
    charts = [];
  };

  async function load(id: string): Promise<Compared> {
    const [run, courses] = await Promise.all([
      studio.ask('recorded-run', { run: id }),
      studio.ask('recorded-courses', { run: id }),
    ]);
    return { run, courses };
  }

  function draw(pair: readonly [Compared, Compared]): void {
    clear();
    const titles = new Map(pair.flatMap(({ run }) => run.catalogue.circuits.map(({ id, title }) => [id, title] as const)));
    charts = [...titles].map(([id, title]) =>
      createCourseChart(
        title,
        pair.map(({ courses }) => courses.find(({ circuit }) => circuit === id)),
        studio,
      ),
    );
    const [a, b] = pair.map(({ run }) => run);
    root.replaceChildren(
      element('h2', { className: 'panel-title' }, 'Side by side'),
      factsTable(a, b, titles),
      element(
        'div',
        { className: 'chart-grid', dataset: { count: String(charts.length) } },
        ...charts.map((chart) => chart.root),
      ),
    );
    for (const chart of charts) chart.resize();
  }

  return {
    root,
    async show(pair) {
      const key = pair?.join() ?? '';
      wanted = key;
      root.hidden = pair === null;
      if (pair === null) {
        clear();
        root.replaceChildren();
        return;
      }
      const loaded = await Promise.all(pair.map(load));
      if (wanted === key) draw(loaded as unknown as [Compared, Compared]);
    },
    destroy() {
      wanted = '';
      observer.disconnect();
      clear();
    },
  };
}

function factsTable(a: RecordedRun, b: RecordedRun, titles: ReadonlyMap<string, string>): HTMLElement {
  const line = (name: string, left: string, right: string) =>
    element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, left), element('td', {}, right));
  const of = ({ circuits }: RunListing, id: string) => {
    const own = circuits.find(({ id: known }) => known === id);
    return own ? `${describeBest(own)}, ${formatCount(own.training)} simulations` : '—';
  };
  const origin = ({ parent }: RunListing) => (parent ? `${parent.run}, simulation ${formatCount(parent.simulations)}` : '—');
  const settings = differences(a, b);
  return element(
    'table',
    { className: 'plain-table compare-table' },
    element('caption', { className: 'visually-hidden' }, 'Results of both runs, and the settings that differ'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('td', {}),
        ...[a, b].map(({ listing }, i) => element('th', { scope: 'col' }, mark(i), listing.id)),
      ),
    ),
    element(
      'tbody',
      {},
      line('State', describeState(a.listing), describeState(b.listing)),
      ...(a.listing.parent || b.listing.parent ? [line('Branched from', origin(a.listing), origin(b.listing))] : []),
      ...[...titles].map(([id, title]) => line(title, of(a.listing, id), of(b.listing, id))),
      ...settings.map(([name, left, right]) => line(name, left, right)),
      ...(settings.length === 0
        ? [element('tr', {}, element('th', { scope: 'row' }, 'Settings'), element('td', { colSpan: 2 }, 'none differs'))]
        : []),
    ),
  );
}

/** The line of a run in the charts. */
function mark(index: number): Element {
  const { color, dash } = seriesStyle(document.documentElement.dataset.theme as ThemeName, index);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'chip-mark');
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = `<line x1="0" y1="4" x2="18" y2="4" stroke="${color}" stroke-width="2" stroke-dasharray="${dash.join(' ')}"/>`;
  return svg;
}
