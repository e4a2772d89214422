/** Corners and yield of a sizing, on request, wherever a scene offers them: how far it is, worst case by spec, what fails where. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { spreadsOf, type Verified, yieldCaveats, yieldOf } from '../../engine/api/verification';
import { formatPercent, formatQuantity } from '../format/engineering';
import type { CommandDefinition } from '../shell/commands';
import { element, setText } from '../shell/dom';
import type { Studio } from '../shell/scene';
import { type ConditionKind, SAMPLES, verifyAll } from './conditions';
import type { Subject } from './subject';

/** Failing conditions that are listed; more are counted. */
const MOST_LISTED = 6;
const TITLE = 'Corners and yield';

export interface ConditionsView {
  readonly root: HTMLElement;
  /** `SCENE.corners`, `SCENE.yield`, `SCENE.stop-conditions`: what its buttons run. */
  readonly commands: readonly CommandDefinition[];
  /** Stops what is under way; with `forget`, what is shown belongs to a sizing that is not there any more. */
  stop(forget?: boolean): void;
}

export interface ConditionsOptions {
  /** Of the scene that offers them, as commands are named. */
  readonly scene: string;
  readonly group: string;
  /** In words, why there is no sizing. */
  missing(): string | null;
  subject(): Promise<Subject | null>;
}

export function createConditionsView(studio: Studio, { scene, group, missing, subject }: ConditionsOptions): ConditionsView {
  const button = (command: string, text: string) =>
    element('button', { type: 'button', onclick: () => studio.commands.run(command), dataset: { command } }, text);
  const cancel = button(`${scene}.stop-conditions`, 'Stop');
  const bar = element('progress', { className: 'conditions-bar', ariaLabel: 'Conditions simulated' });
  const status = element(
    'p',
    { className: 'hint', role: 'status' },
    'Worst cases over process, supply and temperature; yield under mismatch.',
  );
  const results = element('div', { className: 'conditions-results' });
  const title = element('h3', { className: 'chart-title' }, TITLE);
  const root = element(
    'section',
    { className: 'conditions', ariaLabel: 'Corners and yield' },
    title,
    element(
      'div',
      { className: 'toolbar' },
      button(`${scene}.corners`, 'Corners'),
      button(`${scene}.yield`, `${SAMPLES} samples`),
      cancel,
    ),
    bar,
    status,
    results,
  );
  let under: AbortController | null = null;
  const show = (busy: boolean) => {
    cancel.hidden = !busy;
    bar.hidden = !busy;
    root.dataset.busy = String(busy);
  };
  show(false);

  function stop(forget = false): void {
    if (under) setText(status, 'Stopped.');
    under?.abort();
    under = null;
    show(false);
    if (!forget || results.childElementCount === 0) return;
    results.replaceChildren();
    setText(title, TITLE);
    setText(status, 'The sizing has changed: ask again.');
  }

  async function start(kind: ConditionKind, { info, parameters }: Subject, own: AbortController): Promise<void> {
    try {
      const all = await verifyAll(studio.ask, info.index, parameters, kind, own.signal, ({ done, of }) => {
        bar.max = of;
        bar.value = done;
        setText(status, `${done} of ${of} ${kind}`);
      });
      if (!all) return;
      setText(status, kind === 'corners' ? cornersInWords(all) : [yieldInWords(all), ...yieldCaveats(info, all)].join(' '));
      results.replaceChildren(spreadTable(info, all, kind), failing(info, all));
    } catch (error) {
      if (!own.signal.aborted)
        setText(status, `Could not be verified: ${error instanceof Error ? error.message : String(error)}`);
      own.abort();
    }
    if (under !== own) return;
    under = null;
    show(false);
  }

  /** Begins, or begins anew. */
  async function run(kind: ConditionKind): Promise<void> {
    under?.abort();
    const own = new AbortController();
    under = own;
    results.replaceChildren();
    bar.removeAttribute('value');
    show(true);
    const on = await subject().catch(() => null);
    if (under !== own) return;
    if (!on) {
      stop();
      return;
    }
    setText(title, `${TITLE}: ${on.origin}`);
    await start(kind, on, own);
  }

  return {
    root,
    commands: [
      {
        id: `${scene}.corners`,
        title: 'Verify at all corners',
        group,
        unavailable: missing,
        run: () => void run('corners'),
      },
      {
        id: `${scene}.yield`,
        title: 'Verify under mismatch: yield',
        group,
        unavailable: missing,
        run: () => void run('samples'),
      },
      {
        id: `${scene}.stop-conditions`,
        title: 'Stop verifying',
        group,
        unavailable: () => (under ? null : 'Nothing is being verified.'),
        run: () => stop(),
      },
    ],
    stop,
  };
}

function cornersInWords(all: readonly Verified[]): string {
  const good = all.filter(({ met }) => met).length;
  return good === all.length ? `All ${all.length} corners meet every spec.` : `${good} of ${all.length} corners meet every spec.`;
}

function yieldInWords(all: readonly Verified[]): string {
  const found = yieldOf(all);
  if (!found) return '';
  const { share, interval } = found;
  return `Yield ${formatPercent(share)} of ${all.length} samples (95 %: ${formatPercent(interval.low)} to ${formatPercent(interval.high)}).`;
}

function spreadTable(info: CircuitInfo, all: readonly Verified[], kind: ConditionKind): HTMLElement {
  const spreads = spreadsOf(info, all);
  const heads = kind === 'corners' ? ['Spec', 'Worst', 'Met', 'Worst at'] : ['Spec', 'Mean', 'σ', 'Worst', 'Met'];
  const rows = info.specs.map(({ title, unit }, s) => {
    const { worst, at, mean, sigma, met } = spreads[s];
    const [low, share] = [formatQuantity(worst, unit), `${met}/${all.length}`];
    const cells = kind === 'corners' ? [low, share, at] : [formatQuantity(mean, unit), formatQuantity(sigma, unit), low, share];
    return element(
      'tr',
      {},
      element('th', { scope: 'row', title }, title),
      ...cells.map((text) =>
        text === share
          ? element('td', { dataset: { state: met === all.length ? 'hold' : 'miss' } }, text)
          : element('td', { className: text === at ? 'dim' : '' }, text),
      ),
    );
  });
  return element(
    'table',
    { className: 'conditions-table' },
    element('caption', { className: 'visually-hidden' }, `${info.title}: ${kind}`),
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...rows),
  );
}

function failing(info: CircuitInfo, all: readonly Verified[]): HTMLElement {
  const bad = all.filter(({ met }) => !met);
  const faults = ({ evaluation, distances }: Verified) =>
    evaluation.valid
      ? info.specs.flatMap(({ title, unit }, s) =>
          distances[s] < 0 ? [`${title} ${formatQuantity(evaluation.measures[s], unit)}`] : [],
        )
      : [`invalid: ${evaluation.failureDetail}`];
  const more = bad.length - MOST_LISTED;
  return element(
    'ul',
    { className: 'conditions-failing' },
    ...bad.slice(0, MOST_LISTED).map((one) => element('li', {}, element('b', {}, one.title), ` ${faults(one).join(', ')}`)),
    ...(more > 0 ? [element('li', {}, `and ${more} more`)] : []),
  );
}
