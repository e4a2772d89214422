import { type ArmResult, simulationsToTarget } from './report';

const WIDTH = 720;
const HEIGHT = 300;
const MARGIN = { left: 56, right: 150, top: 16, bottom: 44 };
/** Okabe and Ito's colours, which tell apart for every kind of colour vision; dashes are the second channel. */
const STYLES = [
  { color: '#0072b2', dash: '' },
  { color: '#d55e00', dash: '6 3' },
  { color: '#009e73', dash: '2 3' },
  { color: '#7f7f7f', dash: '10 4' },
];

/** Share of seeds solved against simulations paid for, a step line an arm, as SVG. */
export function drawSolved(results: readonly ArmResult[], title: string): string {
  const most = Math.max(...results.map(({ arm }) => arm.budget));
  const x = (simulations: number) => MARGIN.left + (simulations / most) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (share: number) => HEIGHT - MARGIN.bottom - share * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const lines = results.map(({ arm, runs }, i) => {
    const { color, dash } = STYLES[i % STYLES.length]!;
    const solved = runs.flatMap(({ report }) => simulationsToTarget(report) ?? []).sort((a, b) => a - b);
    const steps = solved.map((count, k) => `H${x(count).toFixed(1)}V${y((k + 1) / runs.length).toFixed(1)}`).join('');
    const path = `M${x(0)} ${y(0)}${steps}H${x(arm.budget).toFixed(1)}`;
    const label = MARGIN.top + 14 + 20 * i;
    return [
      `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      `<path d="M${WIDTH - MARGIN.right + 12} ${label - 4}h22" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      `<text x="${WIDTH - MARGIN.right + 40}" y="${label}">${arm.title}</text>`,
    ].join('');
  });
  const shares = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<path d="M${x(0)} ${y(share)}H${x(most)}" stroke="#ddd"/><text x="${x(0) - 8}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`,
  );
  const counts = Array.from({ length: 5 }, (_, i) => Math.round((i * most) / 4)).map(
    (count) => `<text x="${x(count)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${count}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">`,
    `<title>${title}</title><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...shares,
    ...counts,
    `<text x="${(x(0) + x(most)) / 2}" y="${HEIGHT - 8}" text-anchor="middle">simulations</text>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}
