/** What a long tick is doing, in words and as a bar: between ticks, and while ticks are short, there is nothing to say. */
import type { PhaseName } from '../../engine/api/phases';
import { formatPercent } from '../format/engineering';
import { element, setText } from './dom';
import type { Studio } from './scene';

const WORDS: Readonly<Record<PhaseName, string>> = {
  schedule: 'scheduling',
  act: 'choosing sizings',
  simulate: 'simulating',
  fit: 'fitting the neural simulator',
  rollout: 'imagining rollouts',
  train: 'training actor and critics',
  evaluate: 'evaluating the policy',
  record: 'recording',
  extract: 'looking',
};

/** It stays for a moment, so that the short gap between two long ticks does not flicker. A transition would ask for every frame meanwhile. */
const LINGER_MILLISECONDS = 600;

export function createActivity(studio: Studio): HTMLElement {
  const text = element('span', {});
  const fill = element('i');
  const bar = element('span', { className: 'activity-bar', ariaHidden: 'true' }, fill);
  const root = element('span', { className: 'activity' }, bar, text);
  let leaving = 0;
  const refresh = () => {
    const activity = studio.ended.value ? null : (studio.snapshot.value?.activity ?? null);
    const wasBusy = root.dataset.busy === 'true';
    root.dataset.busy = String(activity !== null);
    if (activity === null) {
      if (!wasBusy) return;
      root.dataset.lingers = '';
      clearTimeout(leaving);
      leaving = window.setTimeout(() => delete root.dataset.lingers, LINGER_MILLISECONDS);
      return;
    }
    const known = !Number.isNaN(activity.progress);
    setText(text, known ? `${WORDS[activity.phase]} ${formatPercent(activity.progress)}` : WORDS[activity.phase]);
    bar.hidden = !known;
    fill.style.width = `${100 * activity.progress}%`;
  };
  refresh();
  studio.snapshot.subscribe(refresh);
  studio.ended.subscribe(refresh);
  return root;
}
