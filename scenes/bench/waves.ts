/** From what a simulation gave to what a plot shows: decibels and degrees for AC, values as they are for the rest. */
import type { AnalysisResults, Waveforms } from '../../engine/api/circuit';

export interface Trace {
  readonly name: string;
  readonly axis: Float64Array;
  readonly values: Float64Array;
}

/** One plot: traces over one axis, in one unit. */
export interface Plot {
  readonly id: string;
  readonly title: string;
  readonly axis: 'frequency' | 'time' | 'sweep';
  readonly unit: string;
  readonly traces: readonly Trace[];
}

/** All plots of a simulation. Operating points have no axis to draw over. */
export function plotsOf(curves: AnalysisResults): readonly Plot[] {
  return Object.entries(curves).flatMap(([id, waves]): readonly Plot[] => {
    if (waves.axis.length < 2) return [];
    if (waves.kind === 'ac') return bodeOf(id, waves);
    const axis = waves.kind === 'tran' ? 'time' : waves.kind === 'dc' ? 'sweep' : 'frequency';
    const titles = { tran: 'over time', dc: 'over the sweep', noise: 'noise density', op: '' };
    const byUnit = new Map<string, Trace[]>();
    for (const [name, values] of Object.entries(waves.real)) {
      const unit = waves.kind === 'noise' ? 'V/√Hz' : unitOf(name);
      const traces = byUnit.get(unit) ?? [];
      byUnit.set(unit, traces);
      traces.push({ name, axis: waves.axis, values });
    }
    return [...byUnit].map(([unit, traces], i) => ({
      id: i === 0 ? id : `${id}-${i}`,
      title: `${id}: ${unit === 'A' ? 'currents' : unit === 'V' ? 'voltages' : ''} ${titles[waves.kind as keyof typeof titles]}`,
      axis,
      unit,
      traces,
    }));
  });
}

function bodeOf(id: string, { axis, real, imaginary }: Waveforms): readonly Plot[] {
  const names = Object.keys(real);
  const traces = (of: (re: Float64Array, im: Float64Array) => Float64Array) =>
    names.map((name) => ({ name, axis, values: of(real[name], imaginary[name] ?? new Float64Array(axis.length)) }));
  return [
    { id: `${id}-magnitude`, title: `${id}: magnitude`, axis: 'frequency', unit: 'dB', traces: traces(decibels) },
    { id: `${id}-phase`, title: `${id}: phase`, axis: 'frequency', unit: '°', traces: traces(degrees) },
  ];
}

const unitOf = (name: string) => (/^i\(|#branch$|\[i[dgsb]\w*\]$/.test(name) ? 'A' : 'V');

export function decibels(real: Float64Array, imaginary: Float64Array): Float64Array {
  return real.map((re, i) => 20 * Math.log10(Math.max(1e-300, Math.hypot(re, imaginary[i]))));
}

/** Phase without jumps of a turn. */
export function degrees(real: Float64Array, imaginary: Float64Array): Float64Array {
  const phases = real.map((re, i) => (Math.atan2(imaginary[i], re) * 180) / Math.PI);
  for (let i = 1; i < phases.length; i++) phases[i] -= 360 * Math.round((phases[i] - phases[i - 1]) / 360);
  return phases;
}

/** Value between samples; NaN outside. On a logarithmic axis the way between is logarithmic, too. */
export function valueAt({ axis, values }: Trace, x: number, logarithmic: boolean): number {
  if (!(x >= axis[0] && x <= axis[axis.length - 1])) return Number.NaN;
  let [low, high] = [0, axis.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (axis[middle] <= x) low = middle;
    else high = middle;
  }
  const place = logarithmic
    ? Math.log(x / axis[low]) / Math.log(axis[high] / axis[low])
    : (x - axis[low]) / (axis[high] - axis[low]);
  return values[low] + (values[high] - values[low]) * (Number.isFinite(place) ? place : 0);
}

/** Where a magnitude falls through 0 dB: the unity-gain frequency; null where it does not. */
export function unityCrossing({ axis, values }: Trace): number | null {
  for (let i = 1; i < values.length; i++) {
    if (values[i - 1] < 0 || values[i] >= 0) continue;
    const place = values[i - 1] / (values[i - 1] - values[i]);
    return axis[i - 1] * (axis[i] / axis[i - 1]) ** place;
  }
  return null;
}
