/** The bottom line: tick, time, where the milliseconds of a tick go, and what it all runs on, with reasons on hover. */
import type { Snapshot } from '../../engine/api/snapshot';
import { formatCount, formatDuration } from '../format/engineering';
import { element, setText } from './dom';
import type { Studio } from './scene';
import { throttle } from './throttle';

const REFRESH_MILLISECONDS = 250;
/** Weight of the newest tick in the shown phase times: single ticks flicker too much to be read. */
const SMOOTHING = 0.15;

export function createStatusBar(studio: Studio): HTMLElement {
  const tick = element('span', { className: 'status-number' });
  const strip = element('span', { className: 'phases', role: 'img' });
  const phaseText = element('span', { className: 'status-phases' });
  const executor = element('span', {});
  const simulator = element('span', {});
  const run = element('span', {});
  const smooth = new Map<string, number>();
  const root = element(
    'footer',
    { className: 'status-bar' },
    tick,
    strip,
    phaseText,
    element('span', { className: 'spacer' }),
    run,
    executor,
    simulator,
  );

  const show = (snapshot: Snapshot) => {
    setText(tick, `tick ${formatCount(snapshot.tick)} · ${formatDuration(snapshot.seconds)}`);
    const phases = [...smooth].filter(([, milliseconds]) => milliseconds >= 0.05);
    const total = phases.reduce((sum, [, milliseconds]) => sum + milliseconds, 0);
    while (strip.childElementCount > phases.length) strip.lastElementChild?.remove();
    phases.forEach(([name, milliseconds], i) => {
      const part = (strip.children[i] as HTMLElement | undefined) ?? strip.appendChild(element('i'));
      part.style.flexGrow = String(Math.max(0.5, (100 * milliseconds) / Math.max(total, 1e-9)));
      part.dataset.phase = String(i % 8);
      part.title = `${name}: ${milliseconds.toFixed(1)} ms a tick`;
    });
    const largest = phases.sort((a, b) => b[1] - a[1]).slice(0, 3);
    const text = largest
      .map(([name, milliseconds]) => `${name} ${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)}`)
      .join(' · ');
    setText(phaseText, text === '' ? '' : `${text} ms`);
    strip.ariaLabel = `Milliseconds a tick: ${text}`;
  };
  const refresh = throttle(REFRESH_MILLISECONDS, () => {
    if (studio.snapshot.value) show(studio.snapshot.value);
  });
  studio.snapshot.subscribe((snapshot) => {
    if (!snapshot) return;
    refresh.call();
    if (snapshot.activity !== null) return;
    // Exact, of the end of a tick: what benches read.
    const { tick, updates, seconds } = snapshot;
    Object.assign(root.dataset, { tick: String(tick), updates: String(updates), seconds: String(seconds) });
    for (const [name, milliseconds] of Object.entries(snapshot.phases)) {
      const before = smooth.get(name);
      smooth.set(name, before === undefined ? milliseconds : before + (milliseconds - before) * SMOOTHING);
    }
  });
  const describe = () => {
    const catalogue = studio.catalogue.value;
    if (!catalogue) return;
    setText(executor, `executor ${catalogue.executor.kind}`);
    executor.title = `${catalogue.executor.description}: ${catalogue.executor.reason}`;
    setText(simulator, `simulator ${catalogue.simulator.kind}`);
    simulator.title = `${catalogue.simulator.description}: ${catalogue.simulator.reason}`;
    setText(run, `agent ${catalogue.agent} · schedule ${catalogue.schedule} · seed ${catalogue.seed}`);
  };
  describe();
  studio.catalogue.subscribe(describe);
  return root;
}
