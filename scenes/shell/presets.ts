import type { Preset } from './scene';

/** Layouts on offer. The address names one: `?preset=watch`. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'watch',
    title: 'Watch',
    scenes: { strip: ['headline'], main: ['wall'], side: ['circuits', 'inspector', 'events'] },
  },
];
