/** Two curves over all predictions: how honest the spread is (calibration), and how the error goes over time. */
import type { Box, ExplorationView, Shown } from '../exploration/view';
import { hair } from '../exploration/view';
import { formatPercent, formatRate } from '../format/engineering';
import type { Marks } from '../graphics/mark-batch';
import { MarkStyle } from '../graphics/mark-batch';
import type { QuadBatch } from '../graphics/quad-batch';
import { pack } from '../theme/color';
import type { Palette } from '../theme/palette';
import { withAlpha } from '../theme/palette';
import { seriesStyle } from '../theme/series';
import { type ErrorSummary, LEVELS } from './errors';

const MARGIN = { left: 40, right: 14, top: 10, bottom: 32 };
/** Level that one spread to either side should hold. */
const ONE_SPREAD = LEVELS.indexOf(0.683);

type Place = (x: number, y: number) => readonly [number, number];

/** A view that only draws: its curves come from the summary. */
function curveView(draw: (batch: QuadBatch, lit: Marks, shown: Shown, place: Place, box: Box) => void): ExplorationView {
  let box: Box = { x: 0, y: 0, width: 1, height: 1 };
  const place: Place = (x, y) => [
    box.x + MARGIN.left + x * (box.width - MARGIN.left - MARGIN.right),
    box.y + MARGIN.top + (1 - y) * (box.height - MARGIN.top - MARGIN.bottom),
  ];
  return {
    begin(_, at) {
      box = at;
    },
    paint() {},
    draw: (batch, lit, shown) => draw(batch, lit, shown, place, box),
    at: () => -1,
  };
}

/** Over what is missing between two points the curve goes straight on. */
function curve(lit: Marks, points: readonly (readonly [number, number])[], place: Place, half: number, color: number): void {
  const known = points.filter((point) => !point.some(Number.isNaN));
  for (let i = 0; i + 1 < known.length; i++) lit.line(...place(...known[i]), ...place(...known[i + 1]), half, color);
}

function frame(batch: QuadBatch, place: Place, { packed }: Palette): void {
  const [left, bottom] = place(0, 0);
  const [right, top] = place(1, 1);
  hair(batch, left, bottom, right, bottom, packed.dim);
  hair(batch, left, bottom, left, top, packed.dim);
}

const specColor = (shown: Shown, s: number) => withAlpha(pack(seriesStyle(shown.theme, s).color), 0.75);

export function createCalibrationView(summaryOf: (model: Shown['model']) => ErrorSummary): ExplorationView {
  return curveView((batch, lit, shown, place, box) => {
    const { packed } = shown.palette;
    const { held, heldBySpec, predictions } = summaryOf(shown.model);
    frame(batch, place, shown.palette);
    lit.line(...place(0, 0), ...place(1, 1), 0.8, packed.dim, MarkStyle.dotted);
    const points = (shares: readonly number[]) => LEVELS.map((level, i) => [level, shares[i]] as const);
    heldBySpec.forEach((shares, s) => {
      curve(lit, points(shares), place, 0.7, specColor(shown, s));
    });
    curve(lit, points(held), place, 1.6, packed.text);
    for (const [level, share] of points(held)) if (!Number.isNaN(share)) lit.point(...place(level, share), 2.6, packed.text);
    const [left, bottom] = place(0, 0);
    const [right, top] = place(1, 1);
    batch.text(left - 5, bottom, '0 %', 'small', packed.dim, 'right');
    batch.text(left - 5, top + 8, '100 %', 'small', packed.dim, 'right');
    batch.text((left + right) / 2, bottom + 12, 'chance that the spread promises', 'small', packed.dim, 'center');
    batch.text(left + 6, top + 8, 'too careful', 'small', packed.dim);
    batch.text(right - 4, bottom - 6, 'too sure', 'small', packed.dim, 'right');
    const note =
      predictions === 0
        ? 'No result has followed a prediction yet.'
        : `One spread holds ${formatPercent(held[ONE_SPREAD])} of the results (68 % promised)`;
    batch.text(box.x + box.width / 2, bottom + 26, note, 'small', packed.text, 'center', box.width - 8);
  });
}

export function createTimeView(summaryOf: (model: Shown['model']) => ErrorSummary): ExplorationView {
  return curveView((batch, lit, shown, place, box) => {
    const { packed } = shown.palette;
    const { overTime, overTimeBySpec } = summaryOf(shown.model);
    frame(batch, place, shown.palette);
    const known = overTime.filter((value) => !Number.isNaN(value));
    const [left, bottom] = place(0, 0);
    const [right, top] = place(1, 1);
    if (known.length === 0) {
      batch.text(
        (left + right) / 2,
        (top + bottom) / 2,
        'No result has followed a prediction yet.',
        'small',
        packed.dim,
        'center',
      );
      return;
    }
    const most = Math.max(...known) * 1.5;
    const points = (values: readonly number[]) =>
      values.map((value, i) => [(i + 0.5) / values.length, Math.min(1, value / most)] as const);
    overTimeBySpec.forEach((values, s) => {
      curve(lit, points(values), place, 0.7, specColor(shown, s));
    });
    curve(lit, points(overTime), place, 1.6, packed.text);
    batch.text(left - 5, bottom, '0', 'small', packed.dim, 'right');
    batch.text(left - 5, top + 8, `${formatRate(most)} z`, 'small', packed.dim, 'right');
    batch.text(left, bottom + 12, 'first point', 'small', packed.dim);
    batch.text(right, bottom + 12, 'newest', 'small', packed.dim, 'right');
    const last = known[known.length - 1];
    const note = `Error now ${formatRate(last)} z, at first ${formatRate(known[0])} z`;
    batch.text(box.x + box.width / 2, bottom + 26, note, 'small', packed.text, 'center', box.width - 8);
  });
}
