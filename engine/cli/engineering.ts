const STEPS = ['a', 'f', 'p', 'n', 'µ', 'm', '', 'k', 'M', 'G', 'T'];

/** Units that take no prefix. */
const PLAIN = new Set(['', 'deg', '°', 'dB', 'V/V', '%']);

/** Engineering notation: `4.80 MHz`, `288 µA`, `62.1 deg`; a dash where there is no number. */
export function engineering(value: number, unit: string, digits = 4): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return unit ? `0 ${unit}` : '0';
  if (PLAIN.has(unit)) return `${Number(value.toPrecision(digits))}${unit ? ` ${unit}` : ''}`;
  const exponent = Math.floor(Math.log10(Number(Math.abs(value).toPrecision(digits))) / 3);
  const step = Math.min(STEPS.length - 1, Math.max(0, exponent + 6));
  return `${Number((value / 10 ** ((step - 6) * 3)).toPrecision(digits))} ${STEPS[step]}${unit}`;
}

/** `75 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
