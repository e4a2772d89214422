/** How a made-up circuit behaves: measures that depend on the sizing, and waveforms that look like it. */
import type { AnalysisResults } from '../../engine/api/circuit';
import type { CircuitInfo } from '../../engine/api/circuit-info';

/** Where in [0, 1] parameter p should be. */
export function optimum(info: CircuitInfo, p: number): number {
  return 0.35 + 0.4 * ((p * 0.37 + info.index * 0.2) % 1);
}

/** Measures at a sizing in [0, 1], and their distances to the benchmark target. `noise` gives -0.5 … 0.5. */
export function pretend(
  info: CircuitInfo,
  u: ArrayLike<number>,
  noise: () => number,
): { readonly values: Float64Array; readonly away: Float32Array } {
  const count = info.specs.length;
  const values = new Float64Array(count);
  const away = new Float32Array(count);
  for (let s = 0; s < count; s++) {
    // Each spec minds some parameters more than others, so that they trade against each other.
    let off = 0;
    let weights = 0;
    for (let p = 0; p < u.length; p++) {
      const weight = 1 + ((p * 3 + s * 5) % 4);
      off += weight * Math.abs(u[p] - optimum(info, p) - 0.04 * (s % 3) + 0.04);
      weights += weight;
    }
    const ratio = Math.exp(0.35 - (off / weights) * 7 * (0.4 + 0.16 * s) + noise() * 0.35 - 0.07 * s);
    const { target, direction } = info.specs[s];
    values[s] = target * (direction === 'at-least' ? ratio : 1 / ratio);
    away[s] = (ratio - 1) / (ratio + 1);
  }
  return { values, away };
}

/** A two-pole amplifier's response and the step of the same closed in a loop, at a gain and bandwidth that go with the sizing. */
export function pretendCurves(info: CircuitInfo, u: ArrayLike<number>): AnalysisResults {
  const { values } = pretend(info, u, () => 0);
  const of = (kind: string, otherwise: number) => {
    const s = info.specs.findIndex((spec) => spec.kind === kind);
    return s < 0 ? otherwise : values[s];
  };
  const gain = of('gain', 300);
  const unity = of('bandwidth', 20e6);
  const second = unity * Math.tan((Math.min(85, Math.max(5, of('phase-margin', 60))) * Math.PI) / 180);
  const dominant = unity / gain;
  const decades = Array.from({ length: 101 }, (_, i) => 10 ** (i / 10));
  const response = decades.map((frequency) => {
    const [a, b] = [frequency / dominant, frequency / second];
    const [real, imaginary] = [1 - a * b, a + b];
    const size = (gain / (real * real + imaginary * imaginary)) as number;
    return [real * size, -imaginary * size];
  });
  const natural = 2 * Math.PI * Math.sqrt(unity * second);
  const damping = 0.5 * Math.sqrt(second / unity);
  const times = Array.from({ length: 400 }, (_, i) => (i / 399) * (24 / natural));
  const step = times.map((time) => {
    const bend = Math.sqrt(Math.max(1e-6, 1 - damping * damping));
    const swing = damping < 1 ? Math.cos(natural * bend * time) + (damping / bend) * Math.sin(natural * bend * time) : 1;
    return 1.2 + 0.5 * (1 - Math.exp(-Math.min(1, damping) * natural * time) * swing);
  });
  const column = (numbers: readonly number[]) => Float64Array.from(numbers);
  return {
    ac: {
      kind: 'ac',
      axis: column(decades),
      real: { 'v(out)': column(response.map(([real]) => real)) },
      imaginary: { 'v(out)': column(response.map(([, imaginary]) => imaginary)) },
    },
    step: {
      kind: 'tran',
      axis: column(times),
      real: { 'v(out)': column(step), 'v(in)': column(times.map(() => 1.7)) },
      imaginary: {},
    },
  };
}
