/**
 * The bench: a sizing to turn by hand and simulate at once, its measures against their targets, its waveforms with two
 * cursors, pinned results under them and beside them in numbers; and the same as a netlist, a table or a command line.
 */
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { throttle } from '../shell/throttle';
import { createSubscriptions } from '../store/subscriptions';
import { benchCommands, nothingThere } from './bench-commands';
import { createCircuitChoice } from './circuit-choice';
import { createConditionsView } from './conditions-view';
import { createCopying } from './copying';
import { createOutcome } from './outcome';
import { createPinTable } from './pin-table';
import type { SizingForm } from './sizing-form';
import { createSizingForm } from './sizing-form';
import { BY_HAND, bestOf, subjectOf } from './subject';
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

  const title = element('h2', { className: 'panel-title' });
  const origin = element('p', { className: 'circuit-counts' });
  const choice = createCircuitChoice(studio, (info) => {
    // Or the selection would bring its own circuit back.
    studio.selected.set(null);
    studio.circuit.set(info.id);
    bench.lay(bestOf(studio, info));
  });
  const outcome = createOutcome();
  const sizingBox = element('div', {});
  const copying = createCopying(studio);
  const pinTable = createPinTable({ lay: ({ subject }) => bench.lay(subject), unpin: (pin) => bench.unpin(pin) });
  const waves = createWavesView(studio);
  const conditions = createConditionsView(studio, {
    scene: 'bench',
    group: 'Bench',
    missing: () => nothingThere(bench),
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
      outcome.status,
      outcome.specs,
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
        sizingBox.replaceChildren(form.root);
        outcome.begin(next.info);
      }
      form.show(next.parameters);
      simulate.call();
    },
    changed() {
      outcome.show(bench.result);
      draw();
    },
    failed: outcome.failed,
    busy(is) {
      if (is) host.dataset.busy = 'true';
      else delete host.dataset.busy;
    },
  });
  const simulate = throttle(SETTLE_MILLISECONDS, bench.simulate);

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
  return {
    commands: [...benchCommands(studio, bench, copying, waves.plots), ...conditions.commands],
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
