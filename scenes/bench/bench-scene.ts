/**
 * The bench: a sizing to turn by hand and simulate at once, its measures against their targets, its waveforms with two
 * cursors, pinned results under them; and the same as a netlist, a table or a command line.
 */
import type { SimulatedByHand } from '../../engine/api/questions';
import { formatReward } from '../format/engineering';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import { createSpecRows } from '../shell/spec-rows';
import { throttle } from '../shell/throttle';
import { copyText } from '../shell/view-commands';
import { createSubscriptions } from '../store/subscriptions';
import { createConditionsView } from './conditions-view';
import { commandLine, plotCsv, sizingCsv } from './exports';
import type { SizingForm } from './sizing-form';
import { createSizingForm } from './sizing-form';
import type { Subject } from './subject';
import { bestOf, initialOf, subjectOf } from './subject';
import { createWavesView } from './waves-view';

const SETTLE_MILLISECONDS = 120;
const MOST_PINS = 4;
const BY_HAND = 'by hand';

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
  let subject: Subject | null = null;
  let result: SimulatedByHand | null = null;
  let pins: readonly { readonly title: string; readonly result: SimulatedByHand }[] = [];
  let form: SizingForm | null = null;
  let rows: ReturnType<typeof createSpecRows> | null = null;
  /** Of the newest wish: what comes back of older ones is not shown. */
  let wish = 0;
  let busy = false;

  const title = element('h2', { className: 'panel-title' });
  const origin = element('p', { className: 'circuit-counts' });
  const status = element('p', { className: 'bench-status', role: 'status' });
  const sizingBox = element('div', {});
  const specBox = element('div', {});
  const pinList = element('ul', { className: 'pins' });
  const waves = createWavesView(studio);
  const empty = () => (subject === null ? 'There is nothing on the bench yet.' : null);
  const conditions = createConditionsView(studio, {
    scene: 'bench',
    group: 'Bench',
    missing: empty,
    subject: async () => subject,
  });
  const button = (command: string, text: string) =>
    element('button', { type: 'button', onclick: () => studio.commands.run(command), dataset: { command } }, text);
  host.append(
    element(
      'div',
      { className: 'bench-side' },
      element('header', { className: 'bench-head' }, title, origin),
      element(
        'div',
        { className: 'toolbar' },
        button('bench.best', 'Best'),
        button('bench.initial', 'Initial'),
        button('bench.pin', 'Pin'),
      ),
      status,
      specBox,
      pinList,
      element('h3', { className: 'chart-title' }, 'Sizing'),
      sizingBox,
      element(
        'div',
        { className: 'toolbar' },
        button('bench.copy-command', 'Copy command'),
        button('bench.copy-netlist', 'Copy netlist'),
        button('bench.copy-csv', 'Copy CSV'),
      ),
      conditions.root,
    ),
    waves.root,
  );

  function lay(next: Subject): void {
    const other = subject?.info !== next.info;
    const same = !other && next.parameters.every((value, p) => value === subject?.parameters[p]);
    if (!same) conditions.stop(true);
    subject = next;
    setText(title, next.info.title);
    setText(origin, next.origin);
    if (other || !form || !rows) {
      pins = [];
      form = createSizingForm(next.info, (p, value) => {
        if (!subject) return;
        const parameters = subject.parameters.slice();
        parameters[p] = value;
        subject = { ...subject, parameters, origin: BY_HAND };
        setText(origin, subject.origin);
        conditions.stop(true);
        form?.show(parameters);
        simulate.call();
      });
      rows = createSpecRows(next.info, 'Measured');
      sizingBox.replaceChildren(form.root);
      specBox.replaceChildren(rows.root);
    }
    form.show(next.parameters);
    simulate.call();
  }

  /** One simulation at a time; while one runs, only the newest wish waits. */
  const simulate = throttle(SETTLE_MILLISECONDS, () => {
    wish++;
    if (!busy) void run();
  });

  async function run(): Promise<void> {
    busy = true;
    host.dataset.busy = 'true';
    for (let asked = 0; asked !== wish && subject; ) {
      asked = wish;
      const { info, parameters } = subject;
      try {
        const answer = await studio.ask('simulate', { circuit: info.index, parameters });
        if (subject?.info === info) take(answer);
      } catch (error) {
        say('error', `Could not be simulated: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    busy = false;
    delete host.dataset.busy;
  }

  function take(answer: SimulatedByHand): void {
    result = answer;
    const { evaluation, distances, met, reward } = answer;
    const failed = evaluation.failure !== null || !evaluation.valid;
    if (failed)
      say('error', `${evaluation.failure ?? 'invalid'}: ${evaluation.failureDetail || 'the operating point is not sane'}`);
    else
      say(
        met ? 'met' : 'missed',
        `${met ? 'All targets met' : 'Not all targets met'} · reward ${formatReward(reward)} · ${Math.round(evaluation.milliseconds)} ms`,
      );
    rows?.show(
      (subject as Subject).info.specs.map((spec, s) => ({
        target: spec.target,
        measured: evaluation.measures[s],
        distance: failed ? Number.NaN : distances[s],
      })),
    );
    draw();
  }

  function say(level: 'met' | 'missed' | 'error', text: string): void {
    status.dataset.level = level;
    setText(status, text);
  }

  function draw(): void {
    waves.show(
      result?.evaluation.curves ?? null,
      pins.map((pin) => pin.result.evaluation.curves ?? {}),
    );
    pinList.replaceChildren(
      ...pins.map((pin, i) =>
        element(
          'li',
          {},
          `Pin ${i + 1}: ${pin.title}`,
          element('button', { type: 'button', ariaLabel: `Take pin ${i + 1} off`, onclick: () => unpin(pin) }, '×'),
        ),
      ),
    );
  }

  function unpin(gone: (typeof pins)[number]): void {
    pins = pins.filter((pin) => pin !== gone);
    draw();
  }

  const refresh = () => {
    subjectOf(studio).then(
      (next) => next && lay(next),
      (error: Error) => say('error', `The selected point is not known any more: ${error.message}`),
    );
  };
  refresh();
  // The first snapshot may come after the scene.
  const first = studio.snapshot.subscribe(() => {
    if (subject === null) refresh();
  });
  subscriptions.add(
    first,
    studio.selected.subscribe((selected) => {
      // Letting a selection go must not throw away what was turned by hand.
      if (selected !== null || subject?.origin !== BY_HAND) refresh();
    }),
    studio.circuit.subscribe((circuit) => {
      if (circuit !== subject?.info.id) refresh();
    }),
    studio.palette.subscribe(draw),
    simulate.cancel,
  );
  const withSubject = (work: (on: Subject) => void) => () => {
    if (subject) work(subject);
  };
  return {
    commands: [
      {
        id: 'bench.best',
        title: 'Best sizing on the bench',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info }) => lay(bestOf(studio, info))),
      },
      {
        id: 'bench.initial',
        title: 'Initial sizing on the bench',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info }) => lay(initialOf(info))),
      },
      {
        id: 'bench.pin',
        title: 'Pin this result, to compare with',
        group: 'Bench',
        keys: ['p'],
        unavailable: () =>
          result === null
            ? 'Nothing has been simulated yet.'
            : pins.length >= MOST_PINS
              ? `${MOST_PINS} pins are enough: take one off first.`
              : null,
        run: withSubject((on) => {
          if (result) pins = [...pins, { title: on.origin, result }];
          draw();
        }),
      },
      ...conditions.commands,
      {
        id: 'bench.copy-command',
        title: 'Copy the command line that replays this sizing',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info, parameters }) => copyText(studio, commandLine(info, parameters))),
      },
      {
        id: 'bench.copy-netlist',
        title: 'Copy the netlist, as stock ngspice runs it',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info, parameters }) => {
          studio.ask('netlist', { circuit: info.index, parameters }).then(
            (text) => copyText(studio, text),
            (error: Error) => say('error', `No netlist: ${error.message}`),
          );
        }),
      },
      {
        id: 'bench.copy-csv',
        title: 'Copy sizing, measures and waveforms as CSV',
        group: 'Bench',
        unavailable: empty,
        run: withSubject(({ info, parameters }) =>
          copyText(
            studio,
            [sizingCsv(info, parameters, result?.evaluation.measures ?? null), ...waves.plots().map(plotCsv)].join('\n'),
          ),
        ),
      },
    ],
    dispose() {
      subscriptions.dispose();
      conditions.stop();
      waves.destroy();
      host.replaceChildren();
    },
  };
}
