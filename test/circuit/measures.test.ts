import { describe, expect, it } from 'vitest';
import type { MeasureContext, Waveforms } from '../../engine/api';
import { checkMeasure, readMeasure } from '../../engine/circuit/measures';
import { crossing, smoothCrossing } from '../../engine/circuit/measures/curves';

const grid = (count: number, at: (share: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => at(i / (count - 1)));

function context(results: Record<string, Waveforms>): MeasureContext {
  return { results, parameters: {}, supply: 3.3, temperature: 27 };
}

/** A(s) = 1000 / ((1 + s/w1)(1 + s/w2)), inverted or not. */
function twoPoles(sign: 1 | -1): Waveforms {
  const axis = grid(101, (share) => 10 ** (10 * share));
  const [f1, f2] = [1e4, 2e7];
  const real = new Float64Array(101);
  const imaginary = new Float64Array(101);
  for (const [i, f] of axis.entries()) {
    // 1 / ((1 + j a)(1 + j b)) = 1 / (1 - ab + j (a + b))
    const [a, b] = [f / f1, f / f2];
    const [re, im] = [1 - a * b, a + b];
    const square = re * re + im * im;
    real[i] = (sign * 1000 * re) / square;
    imaginary[i] = (-sign * 1000 * im) / square;
  }
  return { kind: 'ac', axis, real: { 'v(out)': real }, imaginary: { 'v(out)': imaginary } };
}

describe('AC measures', () => {
  // |A| = 1: f of (f/1e4)^2 (1 + (f/2e7)^2) = 1e6, f = 9.1018e6; phase there -(89.94 + 24.47) degrees.
  it.each([1, -1] as const)('reads two poles, sign %d', (sign) => {
    const all = context({ ac: twoPoles(sign) });
    const read = (use: string) => readMeasure({ use, analysis: 'ac', output: 'V(out)' }, all);
    expect(read('gain')).toBeCloseTo(1000, 2);
    expect(read('unity-gain-frequency') / 9.1018e6).toBeCloseTo(1, 2);
    expect(read('phase-margin')).toBeCloseTo(180 - 89.94 - 24.47, 0);
  });

  it('divides by an input: a loop gain on both sides of a probe', () => {
    // T = -out / fb with out - fb = 1: out = T / (1 + T), fb = -1 / (1 + T).
    const loop = twoPoles(1);
    const [re, im] = [loop.real['v(out)']!, loop.imaginary['v(out)']!];
    const square = re.map((x, i) => (1 + x) ** 2 + im[i]! ** 2);
    const ac: Waveforms = {
      ...loop,
      real: { 'v(fb)': re.map((x, i) => -(1 + x) / square[i]!), 'v(out)': re.map((x, i) => 1 - (1 + x) / square[i]!) },
      imaginary: { 'v(fb)': im.map((y, i) => y / square[i]!), 'v(out)': im.map((y, i) => y / square[i]!) },
    };
    for (const use of ['gain', 'unity-gain-frequency', 'phase-margin']) {
      const direct = readMeasure({ use, analysis: 'ac', output: 'v(out)' }, context({ ac: loop }));
      const probed = readMeasure({ use, analysis: 'ac', output: 'v(out)', input: 'V(fb)' }, context({ ac }));
      expect(probed / direct).toBeCloseTo(1, 6);
    }
  });

  it.each([2, 10, 40])('finds a resonance between its points, Q = %d, in the band asked for', (q) => {
    // H = 1 / (1 - u^2 + j u / Q), u = f / 35.5 kHz: between the points at 31.6 and 39.8 kHz, Q high.
    const axis = grid(101, (share) => 10 ** (10 * share));
    const square = axis.map((f) => (1 - (f / 35.5e3) ** 2) ** 2 + (f / 35.5e3 / q) ** 2);
    const real = axis.map((f, i) => (1 - (f / 35.5e3) ** 2) / square[i]!);
    const imaginary = axis.map((f, i) => -(f / 35.5e3 / q) / square[i]!);
    const ac: Waveforms = { kind: 'ac', axis, real: { 'v(out)': real }, imaginary: { 'v(out)': imaginary } };
    const read = (use: string, from: number, to: number) =>
      readMeasure({ use, analysis: 'ac', output: 'v(out)', from, to }, context({ ac }));
    const peak = q / Math.sqrt(1 - 1 / (4 * q * q));
    expect(read('peak-gain', 1e4, 1e5) / peak).toBeCloseTo(1, 2);
    expect(read('rejection', 1e4, 1e5)).toBeCloseTo(-20 * Math.log10(peak), 1);
    expect(read('peak-gain', 1, 1e4)).toBeCloseTo(1 / Math.sqrt(square[40]!), 6);
  });

  it('knows a gain that never reaches 1', () => {
    const ac = twoPoles(1);
    const small = {
      ...ac,
      real: { 'v(out)': ac.real['v(out)']!.map((x) => x / 1e5) },
      imaginary: { 'v(out)': ac.imaginary['v(out)']!.map((x) => x / 1e5) },
    };
    const read = (use: string) => readMeasure({ use, analysis: 'ac', output: 'v(out)' }, context({ ac: small }));
    expect(read('unity-gain-frequency')).toBe(0);
    expect(read('phase-margin')).toBeNaN();
  });
});

describe('DC measures', () => {
  it('reads gain and swing of a saturating amplifier from a coarse sweep', () => {
    // y = tanh(500 x): gain 500 / cosh^2, above 500 / sqrt 2 for |y| < sqrt(1 - 1 / sqrt 2) = 0.5412
    const axis = grid(41, (share) => -2e-3 + 4e-3 * share);
    const sweep: Waveforms = { kind: 'dc', axis, real: { 'v(out)': axis.map((x) => Math.tanh(500 * x)) }, imaginary: {} };
    const read = (use: string) => readMeasure({ use, analysis: 'dc', output: 'v(out)' }, context({ dc: sweep }));
    expect(read('sweep-gain')).toBeCloseTo(500, 0);
    expect(read('sweep-swing')).toBeCloseTo(2 * 0.5412, 2);
  });

  it('reads the same where a loop sweeps the output and the input follows', () => {
    // Beyond 0.9 the output sits on a rail, and the input runs away.
    const axis = grid(61, (share) => -1.2 + 2.4 * share);
    const output = axis.map((wanted) => Math.max(-0.9, Math.min(0.9, wanted)));
    const input = axis.map((wanted, i) => Math.atanh(output[i]!) / 500 + 10 * (wanted - output[i]!));
    const sweep: Waveforms = { kind: 'dc', axis, real: { 'v(out)': output, 'v(in)': input }, imaginary: {} };
    const read = (use: string) => readMeasure({ use, analysis: 'dc', output: 'v(out)', input: 'V(in)' }, context({ dc: sweep }));
    expect(read('sweep-gain')).toBeCloseTo(500, 0);
    expect(read('sweep-swing')).toBeCloseTo(2 * 0.5412, 2);
  });
});

it('reads the dropout of a regulator that follows its supply, less what it needs', () => {
  const axis = grid(23, (share) => 1.5 + 0.5 * share);
  const drop: Waveforms = { kind: 'dc', axis, real: { 'v(out)': axis.map((x) => Math.min(1.6, x - 0.15)) }, imaginary: {} };
  const read = (level: number) => readMeasure({ use: 'dropout', analysis: 'drop', output: 'v(out)', level }, context({ drop }));
  expect(read(1.5)).toBeCloseTo(0.15, 6);
  expect(read(1.7)).toBeNaN();
});

describe('transient measures', () => {
  const settling = {
    use: 'settling',
    analysis: 'tran',
    output: 'v(out)',
    edge: 1,
    window: 20,
    'final-analysis': 'op',
    tolerance: 0.01,
  };
  const op: Waveforms = { kind: 'op', axis: new Float64Array(1), real: { 'v(out)': Float64Array.of(1) }, imaginary: {} };
  const wave = (y: (t: number) => number, end = 21): Waveforms => {
    const axis = grid(120, (share) => end * share);
    return { kind: 'tran', axis, real: { 'v(out)': axis.map(y) }, imaginary: {} };
  };
  const exponential = (t: number) => (t < 1 ? 0 : 1 - Math.exp(-(t - 1)));

  it('reads an exponential', () => {
    const tran = wave(exponential);
    expect(readMeasure(settling, context({ tran, op }))).toBeCloseTo(Math.log(100), 2);
  });

  it('reads the last entry of a ringing signal, between coarse time steps', () => {
    const ring = (t: number) => (t < 1 ? 0 : 1 - Math.exp(-(t - 1) / 3) * Math.cos(2 * (t - 1)));
    // The envelope exp(-t/3) |cos 2t| is last 0.01 at t = 13.348 (found by bisection on a fine grid).
    let last = 0;
    for (let t = 1; t < 21; t += 1e-4) if (Math.abs(ring(t) - 1) > 0.01) last = t - 1;
    expect(readMeasure(settling, context({ tran: wave(ring), op })) / last).toBeCloseTo(1, 1);
  });

  it('takes the window where it has not settled, or was cut short', () => {
    expect(readMeasure(settling, context({ tran: wave((t) => Math.cos(t)), op }))).toBe(20);
    expect(readMeasure(settling, context({ tran: wave(exponential, 15), op }))).toBe(20);
  });

  it('is missing without its other analysis', () => {
    expect(readMeasure(settling, context({ tran: wave(exponential) }))).toBeNaN();
  });

  it('reads delay, charge and slew', () => {
    const axis = grid(101, (share) => 10 * share);
    const tran: Waveforms = {
      kind: 'tran',
      axis,
      real: {
        'v(in)': axis.map((t) => Math.min(1, t)),
        'v(out)': axis.map((t) => Math.max(0, 1 - Math.max(0, t - 2) / 2)),
        'i(vdd)': axis.map(() => -2),
      },
      imaginary: {},
    };
    const all = context({ tran });
    const delay = {
      use: 'delay',
      analysis: 'tran',
      output: 'v(out)',
      'from-output': 'v(in)',
      'from-level': 0.5,
      'from-edge': 'rise',
      level: 0.5,
      edge: 'fall',
    };
    expect(readMeasure(delay, all)).toBeCloseTo(2.5, 9);
    expect(readMeasure({ use: 'charge', analysis: 'tran', output: 'i(vdd)', from: 1.05, to: 4.05 }, all)).toBeCloseTo(6, 9);
    expect(readMeasure({ use: 'slew', analysis: 'tran', output: 'v(in)', low: 0.1, high: 0.9, edge: 'rise' }, all)).toBeCloseTo(
      1,
      9,
    );
  });
});

describe('smoothCrossing', () => {
  it('reads between coarse samples of a smooth signal what straight lines miss', () => {
    const x = grid(9, (share) => 4 * share);
    const y = x.map((t) => Math.exp(-t));
    const truth = Math.log(1 / 0.3);
    expect(Math.abs(crossing(x, y, 0.3, 'fall') - truth)).toBeGreaterThan(0.01);
    expect(smoothCrossing(x, y, 0.3, 'fall')).toBeCloseTo(truth, 2);
    expect(smoothCrossing(x, y, 2, 'fall')).toBeNaN();
  });
});

describe('checkMeasure', () => {
  it.each([
    [{ use: 'nope', analysis: 'a', output: 'b' }, /uses "nope"/],
    [{ use: 'gain', analysis: 'a' }, /lacks "output"/],
    [{ use: 'gain', analysis: 'a', output: 'b', colour: 1 }, /unknown argument "colour"/],
  ])('refuses %j', (measure, message) => expect(() => checkMeasure('m', measure)).toThrow(message));
});
