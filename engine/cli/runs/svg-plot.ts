import { formatQuantity } from '../../base';

const WIDTH = 360;
const HEIGHT = 200;
const MARGIN = { left: 52, right: 10, top: 26, bottom: 36 };

type Point = readonly [x: number, y: number];

/** Values that hold until the next one, as a step line; those that are not finite are left out. */
export function linePlot(title: string, xTitle: string, points: readonly Point[], xEnd?: number): string {
  return plot(title, xTitle, points, xEnd, (x, y, kept) => {
    const [first, ...rest] = kept;
    if (!first) return '';
    const end = xEnd === undefined ? '' : `H${x(xEnd)}`;
    const path = `M${x(first[0])} ${y(first[1])}${rest.map((point) => `H${x(point[0])}V${y(point[1])}`).join('')}${end}`;
    return `<path d="${path}" fill="none" stroke="#0072b2" stroke-width="1.5"/>`;
  });
}

export function scatterPlot(title: string, xTitle: string, points: readonly Point[]): string {
  return plot(title, xTitle, points, undefined, (x, y, kept) => {
    const dots = kept.map((point) => `M${x(point[0])} ${y(point[1])}h0`).join('');
    return `<path d="${dots}" fill="none" stroke="#0072b2" stroke-width="2" stroke-linecap="round" stroke-opacity=".5"/>`;
  });
}

function plot(
  title: string,
  xTitle: string,
  points: readonly Point[],
  xEnd: number | undefined,
  draw: (x: (value: number) => string, y: (value: number) => string, kept: readonly Point[]) => string,
): string {
  const kept = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const [left, right] = bounds([...kept.map(([x]) => x), ...(xEnd === undefined ? [] : [xEnd])]);
  const [low, high] = bounds(kept.map(([, y]) => y));
  const x = (value: number) =>
    (MARGIN.left + ((value - left) / (right - left)) * (WIDTH - MARGIN.left - MARGIN.right)).toFixed(1);
  const y = (value: number) =>
    (HEIGHT - MARGIN.bottom - ((value - low) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom)).toFixed(1);
  const rules = [low, (low + high) / 2, high].map(
    (value) =>
      `<path d="M${x(left)} ${y(value)}H${x(right)}" stroke="currentColor" stroke-opacity=".2"/>` +
      `<text x="${MARGIN.left - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${formatQuantity(value)}</text>`,
  );
  const ends = [left, right].map(
    (value, i) => `<text x="${x(value)}" y="${HEIGHT - 20}" text-anchor="${i ? 'end' : 'start'}">${Math.round(value)}</text>`,
  );
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" fill="currentColor" role="img">`,
    `<title>${escapeText(title)}</title><text x="${MARGIN.left}" y="14" font-weight="bold">${escapeText(title)}</text>`,
    ...(kept.length > 0 ? [...rules, ...ends, draw(x, y, kept)] : [`<text x="${MARGIN.left}" y="60">no values</text>`]),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 4}" text-anchor="middle">${escapeText(xTitle)}</text></svg>`,
  ].join('');
}

/** Least and largest, apart where they are one. */
function bounds(values: readonly number[]): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low < high) return [low, high];
  const room = Math.abs(low) / 2 || 1;
  return [low - room, high + room];
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
