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
      pane('wall', 'training', 'bench'),
      column([45, 40, 15], pane('circuits'), pane('inspector'), pane('events')),
    ),
  },
];
