import { OhmbaError } from './errors';

/** SI prefixes as circuit people write them. `u` and `µ` are both micro. */
const PREFIXES: Readonly<Record<string, number>> = {
  f: -15,
  p: -12,
  n: -9,
  u: -6,
  µ: -6,
  μ: -6,
  m: -3,
  k: 3,
  K: 3,
  M: 6,
  Meg: 6,
  MEG: 6,
  meg: 6,
  G: 9,
  T: 12,
};
const BY_EXPONENT = ['f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'];
const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)$/;

/**
 * Reads a number with an optional SI prefix and unit: `2.2p`, `20 MHz`, `1e-6`, `10µm`, `60 deg`. Returns SI units.
 * Prefixes are case-sensitive (`m` milli, `M` mega). `unit`, where given, must be the unit that is written, if one is;
 * it also tells metres (`10 m`, unit `m`) from milli (`10m`, no unit).
 * @throws OhmbaError if the text is no such number
 */
export function parseQuantity(text: string, unit = ''): number {
  const match = NUMBER.exec(text.trim());
  if (!match) throw unreadable(text, unit);
  const value = Number(match[1]);
  const rest = match[2]!.trim();
  if (rest === '' || rest === unit) return value;
  const prefix = unit !== '' && rest.endsWith(unit) ? rest.slice(0, -unit.length).trim() : withoutUnit(rest, unit);
  const exponent = PREFIXES[prefix];
  if (exponent === undefined) throw unreadable(text, unit);
  // Through text, so that 2.2p is the double nearest to 2.2e-12 and not a product rounded twice.
  return /[eE]/.test(match[1]!) ? value * 10 ** exponent : Number(`${match[1]}e${exponent}`);
}

function withoutUnit(rest: string, unit: string): string {
  if (rest in PREFIXES || unit !== '') return rest;
  const prefix = Object.keys(PREFIXES)
    .filter((p) => rest.startsWith(p))
    .sort((a, b) => b.length - a.length)[0];
  return prefix !== undefined && /^(Hz|F|A|V|W|s|m|ohm|Ohm|Ω|C|J)$/.test(rest.slice(prefix.length)) ? prefix : rest;
}

function unreadable(text: string, unit: string): OhmbaError {
  return new OhmbaError({
    what: `"${text}" is not a quantity${unit ? ` in ${unit}` : ''}`,
    expected: `a number with an optional prefix (f p n u m k M G T)${unit ? ` and the unit ${unit}` : ''}, such as 2.2p or 20M`,
    todo: 'correct the value',
  });
}

/** Engineering notation: `2.20 pF`, `20.0 MHz`, `—` for NaN. `digits` are significant digits. */
export function formatQuantity(value: number, unit = '', digits = 3): string {
  if (Number.isNaN(value)) return '—';
  if (!Number.isFinite(value)) return `${value < 0 ? '-' : ''}∞${unit && ` ${unit}`}`;
  if (value === 0) return unit ? `0 ${unit}` : '0';
  // Degrees, decibels, per cent and ratios are not scaled: nobody reads "60 mdeg".
  if (unit === 'deg' || unit === '°' || unit === 'dB' || unit === '%' || unit === 'V/V') return `${plain(value, digits)} ${unit}`;
  let group = Math.floor(Math.log10(Math.abs(value)) / 3);
  group = Math.max(-5, Math.min(4, group));
  let mantissa = Number((value / 10 ** (3 * group)).toPrecision(digits));
  if (Math.abs(mantissa) >= 1000 && group < 4) {
    group++;
    mantissa /= 1000;
  }
  const suffix = BY_EXPONENT[group + 5]! + unit;
  return suffix ? `${plain(mantissa, digits)} ${suffix}` : plain(mantissa, digits);
}

function plain(value: number, digits: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3)) return value.toPrecision(digits);
  const whole = Math.floor(Math.log10(Math.abs(value) || 1)) + 1;
  return value.toFixed(Math.max(0, digits - Math.max(1, whole)));
}
