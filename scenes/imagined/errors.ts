/** How good the neural simulator's predictions are: calibration, and error over time. */
import { fromZ } from '../../engine/api/measure-transform';
import type { ExplorationModel } from '../exploration/model';
import { hasGrown } from '../exploration/view';

/** Chances that an interval around a prediction should hold the result. */
export const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.683, 0.8, 0.9, 0.954] as const;
/** Half widths of those intervals, in spreads: quantiles of the normal distribution. */
const HALF_WIDTHS = [0.1257, 0.2533, 0.3853, 0.5244, 0.6745, 0.8416, 1, 1.2816, 1.6449, 2] as const;
/** Stretches of time at most, and points that each holds at least. */
const MOST_BINS = 48;
const BIN_POINTS = 12;

export interface ErrorSummary {
  /** Predictions that were followed by a result. */
  readonly predictions: number;
  /** Share of results within each of LEVELS' intervals, over all specs; NaN where there is none. */
  readonly held: readonly number[];
  readonly heldBySpec: readonly (readonly number[])[];
  /** Mean absolute error in units of z over equal stretches of the points, oldest first; NaN where nothing was predicted. */
  readonly overTime: readonly number[];
  readonly overTimeBySpec: readonly (readonly number[])[];
  /** Share of results that miss their target though the prediction held it, by spec. */
  readonly wrongHope: readonly number[];
}

/** Over the points that pass the brushes. */
export function summariseErrors(
  model: Pick<ExplorationModel, 'info' | 'points' | 'count' | 'passes' | 'errors' | 'axes'>,
): ErrorSummary {
  const { info, points, count, passes, errors, axes } = model;
  const P = info.parameters.length;
  const S = info.specs.length;
  const L = LEVELS.length;
  const BINS = Math.max(1, Math.min(MOST_BINS, Math.floor(count / BIN_POINTS)));
  const held = new Uint32Array(S * L);
  const total = new Uint32Array(S);
  const hopes = new Uint32Array(S);
  const sums = new Float64Array(S * BINS);
  const counts = new Uint32Array(S * BINS);
  for (let row = 0; row < count; row++) {
    if (passes[row] === 0) continue;
    const bin = Math.floor((row * BINS) / count);
    for (let s = 0; s < S; s++) {
      const error = Math.abs(errors[row * S + s]);
      if (Number.isNaN(error)) continue;
      total[s]++;
      sums[s * BINS + bin] += error;
      counts[s * BINS + bin]++;
      const spread = points.spread[row * S + s];
      for (let level = 0; level < L; level++) if (error <= spread * HALF_WIDTHS[level]) held[s * L + level]++;
      const axis = axes[P + s];
      const { direction, target } = info.specs[s];
      const measured = points.measures[row * S + s];
      const misses = direction === 'at-least' ? measured < target : measured > target;
      if (misses && believedPlace(model, row, s) >= axis.target) hopes[s]++;
    }
  }
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  const specs = info.specs.map((_, s) => s);
  const predictions = sum(total);
  return {
    predictions,
    held: LEVELS.map((_, level) => sum(specs.map((s) => held[s * L + level])) / predictions),
    heldBySpec: specs.map((s) => LEVELS.map((_, level) => held[s * L + level] / total[s])),
    overTime: Array.from(
      { length: BINS },
      (_, bin) => sum(specs.map((s) => sums[s * BINS + bin])) / sum(specs.map((s) => counts[s * BINS + bin])),
    ),
    overTimeBySpec: specs.map((s) => Array.from({ length: BINS }, (_, bin) => sums[s * BINS + bin] / counts[s * BINS + bin])),
    wrongHope: specs.map((s) => hopes[s] / total[s]),
  };
}

/** Place on the axis of spec s at which the prediction of a row, moved by so many spreads, stands. */
export function believedPlace(
  { info, points, axes }: Pick<ExplorationModel, 'info' | 'points' | 'axes'>,
  row: number,
  s: number,
  spreads = 0,
): number {
  const at = row * info.specs.length + s;
  const z = points.predicted[at] + spreads * points.spread[at];
  return axes[info.parameters.length + s].place(fromZ(info.specs[s].transform, z));
}

/** The summary of what a model shows now; worked out again only when it has changed by enough to show. */
export function createErrorSummary(): (model: ExplorationModel) => ErrorSummary {
  let known: {
    readonly model: ExplorationModel;
    readonly count: number;
    readonly epoch: number;
    readonly summary: ErrorSummary;
  } | null = null;
  return (model) => {
    if (known?.model !== model || known.epoch !== model.epoch || hasGrown(known.count, model.count)) {
      known = { model, count: model.count, epoch: model.epoch, summary: summariseErrors(model) };
    }
    return known.summary;
  };
}
