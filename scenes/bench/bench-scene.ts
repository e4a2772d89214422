/**
 * The bench: a sizing to turn by hand and simulate at once, its measures against their targets, its waveforms with two
 * cursors, pinned results under them; and the same as a netlist, a table or a command line.
 */
import { formatReward } from '../format/engineering';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { createSpecRows } from '../shell/spec-rows';
import { throttle } from '../shell/throttle';
import { createSubscriptions } from '../store/subscriptions';
import { createCircuitChoice } from './circuit-choice';
import { createConditionsView } from './conditions-view';
import { createCopying } from './copying';
import { commandLine, plotCsv, sizingCsv } from './exports';
import { createPinTable } from './pin-table';
import type { SizingForm } from './sizing-form';
import { createSizingForm } from './sizing-form';
import type { Subject } from './subject';
import { BY_HAND, bestOf, initialOf, subjectOf } from './subject';
import { createWavesView } from './waves-view';
import { createWorkbench, faultOf, type Trial, whyNoPin } from './workbench';

const SETTLE_MILLISECONDS = 120;

export const benchScene: SceneDefinition = {
  id: 'bench',
  title: 'Bench',
  description: 'Bode plot, transients and measures of a sizing; turn it by hand and see at once',
  key: 'b',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel', 'bench');
  const subscriptions = createSubscriptions();
  let form: SizingForm | null = null;
  let rows: ReturnType<typeof createSpecRows> | null = null;

  const title = element('h2', { className: 'panel-title' });
  const origin = element('p', { className: 'circuit-counts' });
  const choice = createCircuitChoice(studio, (info) => {
    // Or the selection would bring its own circuit back.
    studio.selected.set(null);
    studio.circuit.set(info.id);
    bench.lay(bestOf(studio, info));
  });
  const status = element('p', { className: 'bench-status', role: 'status' });
  const sizingBox = element('div', {});
  const specBox = element('div', {});
  const copying = createCopying(studio);
  const pinTable = createPinTable({ lay: ({ subject }) => bench.lay(subject), unpin: (pin) => bench.unpin(pin) });
  const waves = createWavesView(studio);
  const empty = () => (bench.subject === null ? 'There is nothing on the bench yet.' : null);
  const conditions = createConditionsView(studio, {
    scene: 'bench',
    group: 'Bench',
    missing: empty,
    subject: async () => bench.subject,
  });
  const button = (command: string, text: string) =>
    element('button', { type: 'button', onclick: () => studio.commands.run(command), dataset: { command } }, text);
  const pinButton = button('bench.pin', 'Pin');
  host.append(
    element(
      'div',
      { className: 'bench-side' },
      element('header', { className: 'bench-head' }, title, choice.root, origin),
      element('div', { className: 'toolbar' }, button('bench.best', 'Best'), button('bench.initial', 'Initial'), pinButton),
      status,
      specBox,
      element('h3', { className: 'chart-title' }, 'Sizing'),
      sizingBox,
      element(
        'div',
        { className: 'toolbar' },
        button('bench.copy-command', 'Copy command'),
        button('bench.copy-netlist', 'Copy netlist'),
        button('bench.copy-csv', 'Copy CSV'),
      ),
      copying.root,
      conditions.root,
    ),
    element('div', { className: 'bench-main' }, pinTable.root, waves.root),
  );

  const bench = createWorkbench(studio.ask, {
    laid(next, { circuit, sizing }) {
      if (circuit) waves.forget();
      if (sizing) conditions.stop(true);
      setText(title, next.info.title);
      choice.show(next.info);
      setText(origin, next.origin);
      if (circuit || !form) {
        form = createSizingForm(next.info, bench.turn);
        rows = createSpecRows(next.info, 'Measured');
        sizingBox.replaceChildren(form.root);
        specBox.replaceChildren(rows.root);
      }
      form.show(next.parameters);
      simulate.call();
    },
    changed() {
      if (bench.result) tell(bench.result);
      else tellNothing();
      draw();
    },
    failed: (why) => say('error', why),
    busy(is) {
      if (is) host.dataset.busy = 'true';
      else delete host.dataset.busy;
    },
  });
  const simulate = throttle(SETTLE_MILLISECONDS, bench.simulate);

  function tellNothing(): void {
    delete status.dataset.level;
    setText(status, '');
    rows?.show((bench.subject?.info.specs ?? []).map(({ target }) => ({ target, measured: Number.NaN, distance: Number.NaN })));
  }

  function tell({ subject, answer }: Trial): void {
    const { evaluation, distances, met, reward } = answer;
    const fault = faultOf({ subject, answer });
    if (fault !== null) say('error', fault);
    else
      say(
        met ? 'met' : 'missed',
        `${met ? 'All targets met' : 'Not all targets met'} · reward ${formatReward(reward)} · ${Math.round(evaluation.milliseconds)} ms`,
      );
    rows?.show(
      subject.info.specs.map((spec, s) => ({
        target: spec.target,
        measured: evaluation.measures[s],
        distance: fault !== null ? Number.NaN : distances[s],
      })),
    );
  }

  function say(level: 'met' | 'missed' | 'error', text: string): void {
    status.dataset.level = level;
    setText(status, text);
  }

  function draw(): void {
    waves.show(
      bench.result?.answer.evaluation.curves ?? null,
      bench.pins.map(({ answer }) => answer.evaluation.curves ?? {}),
      noWaveforms(bench.result),
    );
    pinTable.show(bench.result, bench.pins);
    const why = whyNoPin(bench);
    pinButton.disabled = why !== null;
    pinButton.title = why ?? '';
  }

  let looking = false;
  async function refresh(): Promise<void> {
    looking = true;
    await bench.follow(subjectOf(studio));
    looking = false;
  }
  refresh();
  // The first snapshot may come after the scene. Asked anew with each that follows, no answer would ever be the newest.
  const first = studio.snapshot.subscribe(() => {
    if (bench.subject === null && !looking) refresh();
  });
  subscriptions.add(
    first,
    studio.selected.subscribe((selected) => {
      // Letting a selection go must not throw away what was turned by hand.
      if (selected !== null || bench.subject?.origin !== BY_HAND) refresh();
    }),
    studio.circuit.subscribe((circuit) => {
      if (circuit !== bench.subject?.info.id) refresh();
    }),
    studio.palette.subscribe(draw),
    simulate.cancel,
    choice.dispose,
    copying.dispose,
  );
  const withSubject = (work: (on: Subject) => void) => () => {
    if (bench.subject) work(bench.subject);
  };
  return {
    commands: [
      {
        id: 'bench.best',
        title: 'Best sizing on the bench',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info }) => bench.lay(bestOf(studio, info))),
      },
      {
        id: 'bench.initial',
        title: 'Initial sizing on the bench',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info }) => bench.lay(initialOf(info))),
      },
      {
        id: 'bench.pin',
        title: 'Pin this result, to compare with',
        group: 'Bench',
        keys: ['p'],
        unavailable: () => whyNoPin(bench),
        run: bench.pin,
      },
      ...conditions.commands,
      {
        id: 'bench.copy-command',
        title: 'Copy the command line that replays this sizing',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info, parameters }) => copying.copy('Command', commandLine(info, parameters))),
      },
      {
        id: 'bench.copy-netlist',
        title: 'Copy the netlist, as stock ngspice runs it',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info, parameters }) =>
          copying.copy('Netlist', studio.ask('netlist', { circuit: info.index, parameters })),
        ),
      },
      {
        id: 'bench.copy-csv',
        title: 'Copy sizing, measures and waveforms as CSV',
        group: 'Bench',
        unavailable: empty,
        run: withSubject((on) => {
          const { info, parameters } = bench.result?.subject ?? on;
          const measures = bench.result?.answer.evaluation.measures ?? null;
          copying.copy('CSV', [sizingCsv(info, parameters, measures), ...waves.plots().map(plotCsv)].join('\n'));
        }),
      },
    ],
    dispose() {
      subscriptions.dispose();
      bench.clear();
      conditions.stop();
      waves.destroy();
      host.replaceChildren();
    },
  };
}

function noWaveforms(result: Trial | null): string {
  if (result === null) return '';
  const fault = faultOf(result);
  return fault === null ? 'No analysis of this circuit has waveforms.' : `This sizing has no waveforms (${fault}).`;
}
