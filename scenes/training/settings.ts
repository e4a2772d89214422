/** How the training charts are looked at: remembered by the browser. */
import type { TimeAxis } from '../store/history';

export interface TrainingSettings {
  readonly axis: TimeAxis;
  readonly window: keyof typeof WINDOWS;
  readonly smoothing: keyof typeof SMOOTHING;
}

interface Window {
  readonly title: string;
  /** How much of the end is shown, in units of each axis. */
  readonly span: Readonly<Record<TimeAxis, number>>;
}

export const WINDOWS = {
  short: { title: 'Last minute', span: { seconds: 60, simulations: 100, tick: 20 } },
  medium: { title: 'Last 10 minutes', span: { seconds: 600, simulations: 1000, tick: 200 } },
  all: { title: 'All', span: { seconds: Infinity, simulations: Infinity, tick: Infinity } },
} as const satisfies Readonly<Record<string, Window>>;

/** Span of the exponential mean as a share of what is shown. */
export const SMOOTHING = { none: 0, some: 0.02, strong: 0.08 } as const;

export const FIRST_SETTINGS: TrainingSettings = { axis: 'seconds', window: 'all', smoothing: 'none' };

/** What was remembered; what is not understood is as at first. */
export function parseSettings(text: string | null): TrainingSettings {
  try {
    const { axis, window, smoothing } = JSON.parse(text ?? '') as Partial<TrainingSettings>;
    return {
      axis: axis === 'seconds' || axis === 'simulations' || axis === 'tick' ? axis : FIRST_SETTINGS.axis,
      window: window !== undefined && window in WINDOWS ? window : FIRST_SETTINGS.window,
      smoothing: smoothing !== undefined && smoothing in SMOOTHING ? smoothing : FIRST_SETTINGS.smoothing,
    };
  } catch {
    return FIRST_SETTINGS;
  }
}
