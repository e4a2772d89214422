/** Numbers for people: SI inside, engineering notation at the edge, three significant digits. */

const PREFIXES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
  [1e-15, 'f'],
  [1e-18, 'a'],
] as const;

/** How a unit of a declaration is written, and whether SI prefixes go with it. */
const UNITS: Readonly<Record<string, { readonly text: string; readonly prefixed: boolean }>> = {
  ohm: { text: 'Ω', prefixed: true },
  deg: { text: '°', prefixed: false },
  degree: { text: '°', prefixed: false },
  degrees: { text: '°', prefixed: false },
  '°': { text: '°', prefixed: false },
  dB: { text: 'dB', prefixed: false },
  '%': { text: '%', prefixed: false },
  '1': { text: '', prefixed: false },
};

export const MISSING = '—';

function threeDigits(value: number, more = 0): string {
  const magnitude = Math.abs(value);
  const decimals = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
  return value.toFixed(decimals + more).replace('-', '−');
}

/** Of a tick: more would not fit. */
const MOST_DIGITS = 6;

/** Nearer to its target than so many more digits tell, a measure is written like it. */
const MORE_DIGITS = 5;

/**
 * A measure beside its target: one that misses it (`distance` below 0) with as many digits as it takes not to look like it.
 */
export function formatMeasure(
  measure: number,
  distance: number,
  { target, unit }: { readonly target: number; readonly unit: string },
): string {
  const looksTheSame = (more: number) => formatQuantity(measure, unit, more) === formatQuantity(target, unit, more);
  let more = 0;
  if (distance < 0) while (more < MORE_DIGITS && looksTheSame(more)) more++;
  return formatQuantity(measure, unit, looksTheSame(more) ? 0 : more);
}

/**
 * `formatQuantity(8.876e-5, 'm')` = `88.8 µm`; a dash where there is no number.
 * @param more digits than three
 */
export function formatQuantity(value: number, unit: string, more = 0): string {
  if (Number.isNaN(value)) return MISSING;
  const known = UNITS[unit] ?? { text: unit, prefixed: unit !== '' };
  if (!Number.isFinite(value)) return `${value < 0 ? '−' : ''}∞${known.text === '' ? '' : ` ${known.text}`}`;
  const separator = known.text === '' || known.text === '°' ? '' : ' ';
  if (value === 0) return `0${separator}${known.text}`;
  if (!known.prefixed) return `${formatPlain(value, more)}${separator}${known.text}`;
  const { scaled, prefix } = scale(value);
  return `${threeDigits(scaled, more)}${separator}${prefix}${known.text}`;
}

/** Ticks of a linear axis: one prefix for all, and as many digits as it takes to tell neighbours apart. */
export function formatTicks(ticks: readonly number[], unit: string): string[] {
  const known = UNITS[unit] ?? { text: unit, prefixed: unit !== '' };
  const largest = Math.max(...ticks.map(Math.abs));
  const { scaled, prefix } = known.prefixed && largest > 0 ? scale(largest) : { scaled: largest, prefix: '' };
  const factor = largest > 0 ? scaled / largest : 1;
  const gap = Math.min(...ticks.slice(1).map((tick, i) => Math.abs(tick - ticks[i]))) * factor;
  let digits = 0;
  const isClose = (tick: number) => Math.abs(Number((tick * factor).toFixed(digits)) - tick * factor) < 0.01 * gap;
  while (digits < MOST_DIGITS && !ticks.every(isClose)) digits++;
  const separator = known.text === '' || known.text === '°' ? '' : ' ';
  return ticks.map((tick) => {
    const text = Math.abs(tick * factor).toFixed(digits);
    return `${tick < 0 && Number(text) !== 0 ? '−' : ''}${text}${separator}${prefix}${known.text}`;
  });
}

function scale(value: number): { scaled: number; prefix: string } {
  const magnitude = Math.abs(value);
  for (const [factor, prefix] of PREFIXES) {
    // 999.95 would round to "1000": it already belongs to the next prefix.
    if (magnitude >= factor * 0.9995) return { scaled: value / factor, prefix };
  }
  const [factor, prefix] = PREFIXES[PREFIXES.length - 1];
  return { scaled: value / factor, prefix };
}

function formatPlain(value: number, more: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 9999.5) return threeDigits(scale(value).scaled, more) + scale(value).prefix;
  if (magnitude < 0.00995) return value.toPrecision(2 + more).replace('-', '−');
  return threeDigits(value, more);
}

/** Counts: `12 345` with a thin space, so that digits stay in columns. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : MISSING;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** A rate or a ratio: two or three significant digits, no prefix under 10 000. */
export function formatRate(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (value === 0) return '0';
  return Math.abs(value) >= 9999.5 ? formatCount(value) : threeDigits(value);
}

/** Of an agent's metrics, which may be small: `1.48`, `0.024`, `1.2e-5`. */
export function formatMetric(value: number): string {
  const magnitude = Math.abs(value);
  return magnitude > 0 && magnitude < 0.0995 ? value.toPrecision(2).replaceAll('-', '−') : formatRate(value);
}

/** Seconds as `42 s`, `3:07` or `1:02:07`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return MISSING;
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (n: number) => n.toString().padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

export function formatPercent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : MISSING;
}

/** A distance to a target with its sign: `+0.12`, `−0.003`. */
export function formatDistance(value: number): string {
  if (Number.isNaN(value)) return MISSING;
  if (value === 0) return '0';
  const text = Math.abs(value).toFixed(Math.abs(value) < 0.0995 ? 3 : 2);
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A reward: below a hundredth there is one more digit, since that is where the last targets are met. */
export function formatReward(value: number): string {
  if (Number.isNaN(value)) return MISSING;
  const text = Math.abs(value).toFixed(Math.abs(value) < 0.0095 ? 3 : 2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
