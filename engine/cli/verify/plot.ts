import type { CircuitDefinition, Verified } from '../../api';
import { formatQuantity } from '../../base';
import type { Verification } from '../../circuit/verify/verify';

const WIDTH = 760;
const ROW = 46;
const MARGIN = { left: 170, right: 30, top: 46, bottom: 36 };
/** Okabe and Ito's colours: met and missed differ in shape, too. */
const CORNER = '#0072b2';
const SAMPLE = '#7f7f7f';
const MISSED = '#d55e00';

/**
 * A row a spec: every corner and sample by its normalised distance to the target, which is the line at 0 (right of it the spec
 * holds). Corners lie above samples; what misses is a cross.
 */
export function drawVerification(circuit: CircuitDefinition, { corners, samples }: Verification): string {
  const height = MARGIN.top + MARGIN.bottom + ROW * circuit.specs.length;
  const distances = [...corners, ...samples].filter(({ evaluation }) => evaluation.valid).flatMap((one) => [...one.distances]);
  const reach = Math.max(0.05, ...distances.map(Math.abs)) * 1.05;
  const x = (distance: number) => MARGIN.left + ((distance + reach) / (2 * reach)) * (WIDTH - MARGIN.left - MARGIN.right);
  const rows = circuit.specs.map(({ title, unit, direction, target }, i) => {
    const y = MARGIN.top + ROW * i + ROW / 2;
    return [
      `<path d="M${MARGIN.left} ${y + ROW / 2}H${WIDTH - MARGIN.right}" stroke="#eee"/>`,
      `<text x="${MARGIN.left - 10}" y="${y - 2}" text-anchor="end">${escaped(title)}</text>`,
      `<text x="${MARGIN.left - 10}" y="${y + 13}" text-anchor="end" fill="#777">${direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(target, unit)}</text>`,
      marks(samples, i, y + 8, SAMPLE, x),
      marks(corners, i, y - 8, CORNER, x),
    ].join('\n');
  });
  const failed = [...corners, ...samples].filter(({ evaluation }) => !evaluation.valid).length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${escaped(circuit.title)}: corners and mismatch</title><rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<circle cx="${MARGIN.left + 6}" cy="18" r="4" fill="${CORNER}"/><text x="${MARGIN.left + 16}" y="22">${corners.length} corners</text>`,
    `<circle cx="${MARGIN.left + 126}" cy="18" r="4" fill="${SAMPLE}"/><text x="${MARGIN.left + 136}" y="22">${samples.length} mismatch samples</text>`,
    `<text x="${MARGIN.left + 290}" y="22">× misses its target${failed > 0 ? `; ${failed} invalid, not drawn` : ''}</text>`,
    ...rows,
    `<path d="M${x(0)} ${MARGIN.top - 6}V${height - MARGIN.bottom}" stroke="#333"/>`,
    `<text x="${x(0)}" y="${height - 14}" text-anchor="middle">target</text>`,
    `<text x="${x(0) + 40}" y="${height - 14}">better →</text>`,
    '</svg>\n',
  ].join('\n');
}

function marks(all: readonly Verified[], spec: number, y: number, color: string, x: (distance: number) => number): string {
  return all
    .filter(({ evaluation }) => evaluation.valid)
    .map(({ distances, title }) => {
      const [at, met] = [x(distances[spec]!).toFixed(1), distances[spec]! >= 0];
      const label = `<title>${escaped(title)}</title>`;
      return met
        ? `<circle cx="${at}" cy="${y}" r="3.5" fill="${color}" fill-opacity="0.45">${label}</circle>`
        : `<path d="M${at} ${y}m-4 -4l8 8m0 -8l-8 8" stroke="${MISSED}" stroke-width="1.6">${label}</path>`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!);
}
