/** The line over the charts: what they run over, how much of it, and how smooth. */
import { createChoice } from '../shell/choice';
import { element } from '../shell/dom';
import type { TimeAxis } from '../store/history';
import type { TrainingSettings } from './settings';
import { WINDOWS } from './settings';

const AXES: Readonly<Record<TimeAxis, string>> = { seconds: 'Time', simulations: 'Simulations', tick: 'Ticks' };
const SMOOTH: Readonly<Record<TrainingSettings['smoothing'], string>> = {
  none: 'As it is',
  some: 'Smoothed',
  strong: 'Smoother',
};

export function createControls(actions: { change(part: Partial<TrainingSettings>): void; follow(): void }) {
  const axis = createChoice('Charts over', AXES, (value) => actions.change({ axis: value }));
  const titles = Object.fromEntries(Object.entries(WINDOWS).map(([id, { title }]) => [id, title])) as Record<
    keyof typeof WINDOWS,
    string
  >;
  const window = createChoice('Shown', titles, (value) => actions.change({ window: value }));
  const smoothing = createChoice('Lines', SMOOTH, (value) => actions.change({ smoothing: value }));
  const follow = element(
    'button',
    { type: 'button', className: 'accent', hidden: true, onclick: actions.follow },
    'Follow the newest',
  );
  return {
    root: element('div', { className: 'toolbar' }, axis.root, window.root, smoothing.root, follow),
    show(settings: TrainingSettings, zoomed: boolean) {
      axis.show(settings.axis);
      window.show(settings.window);
      smoothing.show(settings.smoothing);
      follow.hidden = !zoomed;
    },
  };
}
