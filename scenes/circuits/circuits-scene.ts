/** For each circuit: the best sizing so far against the benchmark target, spec by spec, the hardest marked. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { CircuitProgress } from '../../engine/api/snapshot';
import { formatCount, formatPercent } from '../format/engineering';
import { element, setText } from '../shell/dom';
import type { MountedScene, SceneDefinition, Studio } from '../shell/scene';
import type { SpecRow } from '../shell/spec-rows';
import { createSpecRows } from '../shell/spec-rows';
import { throttle } from '../shell/throttle';
import { createSubscriptions } from '../store/subscriptions';
import { openBest } from '../wall/hardest';

const REFRESH_MILLISECONDS = 250;

export const circuitsScene: SceneDefinition = {
  id: 'circuits',
  title: 'Best against target',
  description: 'The best sizing of each circuit so far, spec by spec, the hardest marked',
  mount,
};

function mount(host: HTMLElement, studio: Studio): MountedScene {
  host.classList.add('panel');
  const subscriptions = createSubscriptions();
  let sections: readonly CircuitSection[] = [];
  const refresh = throttle(REFRESH_MILLISECONDS, () => {
    const snapshot = studio.snapshot.value;
    if (!snapshot) return;
    for (const section of sections) {
      const progress = snapshot.progress.find((entry) => entry.circuit === section.index);
      if (progress) section.show(progress);
    }
  });
  const rebuild = () => {
    sections = (studio.catalogue.value?.circuits ?? []).map((info) => createSection(info, () => openBest(studio, info)));
    host.replaceChildren(...sections.map((section) => section.root));
    refresh.call();
  };
  rebuild();
  subscriptions.add(studio.catalogue.subscribe(rebuild), studio.snapshot.subscribe(refresh.call), refresh.cancel);
  return { dispose: () => subscriptions.dispose() };
}

interface CircuitSection {
  readonly index: number;
  readonly root: HTMLElement;
  show(progress: CircuitProgress): void;
}

function createSection(info: CircuitInfo, open: () => void): CircuitSection {
  const status = element('span', { className: 'circuit-status' });
  const counts = element('p', { className: 'circuit-counts' });
  const rows = createSpecRows(info, 'Best');
  const root = element(
    'section',
    { className: 'circuit', dataset: { circuit: info.id } },
    element(
      'header',
      { className: 'circuit-head' },
      element('h3', {}, info.title),
      element(
        'button',
        {
          type: 'button',
          className: 'link',
          title: 'The best sizing on the bench: Bode plot, transients, sliders',
          ariaLabel: `Plots of the best sizing: ${info.title}`,
          onclick: open,
        },
        'Plots',
      ),
      status,
    ),
    counts,
    rows.root,
  );
  return {
    index: info.index,
    root,
    show(progress) {
      const met = progress.stepsToTarget !== null;
      setText(status, met ? `met at ${formatCount(progress.stepsToTarget as number)}` : 'not met yet');
      status.dataset.met = String(met);
      const success = Number.isNaN(progress.successRate)
        ? ''
        : ` · ${formatPercent(progress.successRate)} of recent episodes succeed`;
      setText(counts, `${formatCount(progress.training)} simulations · ${formatCount(progress.failures)} failed${success}`);
      const best = progress.best;
      rows.show(
        info.specs.map(
          (spec, s): SpecRow => ({
            target: spec.target,
            measured: best?.measures[s] ?? Number.NaN,
            distance: best?.distances[s] ?? Number.NaN,
          }),
        ),
      );
    },
  };
}
