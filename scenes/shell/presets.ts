import { column, pane, row } from './layout';
import type { Preset } from './scene';

/** Layouts on offer. The address names one: `?preset=watch`. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'watch',
    title: 'Watch',
    strip: ['headline'],
    layout: row(
      [72, 28],
      pane('wall', 'training', 'exploration', 'imagined', 'lens', 'bench', 'timeline', 'runs'),
      column([62, 27, 11], pane('circuits'), pane('inspector', 'entities'), pane('events')),
    ),
  },
  {
    id: 'debug',
    title: 'Debug',
    strip: [],
    layout: row(
      [64, 36],
      pane('exploration', 'imagined', 'lens', 'training', 'bench'),
      column([50, 50], pane('wall'), pane('timeline', 'inspector', 'entities', 'events')),
    ),
  },
  {
    id: 'plug-in',
    title: 'Plug in',
    strip: [],
    layout: row([55, 45], pane('plugins'), column([62, 38], pane('bench', 'wall'), pane('events', 'circuits'))),
  },
];
