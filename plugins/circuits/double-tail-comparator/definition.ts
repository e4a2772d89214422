import { type CircuitDefinition, type MeasureContext, spec, thresholdSigma, width } from '../../../engine/api';
import targets from './targets.json';

const LIBRARY = 'gf180';
/** Of every transistor, metres. */
const LENGTH = 0.3e-6;
/** Clock period, and the length of each of its edges: 250 MHz. */
const PERIOD = 4e-9;
const EDGE = 0.1 * PERIOD;
/** How long the clock is high or low between its edges. */
const FLAT = 0.4 * PERIOD;
/** When the first clock edge begins; the circuit starts reset, in its operating point. */
const FIRST = 0.2e-9;
const SECOND = FIRST + PERIOD;
/** The decision must stand when the clock begins to fall. */
const FIRST_DECIDED = FIRST + EDGE + FLAT;
const SECOND_DECIDED = SECOND + EDGE + FLAT;
const END = SECOND + PERIOD;

const isHigh = (vector: string, at: number, otherwise: string) =>
  ({ use: 'within', vector, at, minimum: '{0.9 * supply}', otherwise }) as const;
const isLow = (vector: string, at: number, otherwise: string) =>
  ({ use: 'within', vector, at, maximum: '{0.1 * supply}', otherwise }) as const;

/** One device of a pair gets this much more gate voltage, and the outputs part. */
const SHIFT = 1e-3;
/** Outputs that are so far apart, volts, have left the balance for good, and their growth is still linear. */
const PARTED = 50e-3;

/** Pairs whose mismatch makes the comparator decide wrongly: the source that shifts one of them, their model and their width. */
export const PAIRS = [
  { id: 'pair', source: 'vpair', model: 'nmos_3p3', parameter: 'wn2' },
  { id: 'transfer', source: 'vtransfer', model: 'nmos_3p3', parameter: 'wn4' },
  { id: 'latch-n', source: 'vlatchn', model: 'nmos_3p3', parameter: 'wn3' },
  { id: 'latch-p', source: 'vlatchp', model: 'pmos_3p3', parameter: 'wp2' },
] as const;

/**
 * Standard deviation of the input-referred offset. To first order an offset is the sum over pairs of their threshold
 * difference times how much it moves the outputs, over how much the same at the input does; both are simulated, and
 * Pelgrom's law gives the differences.
 */
function offset({ results, parameters }: MeasureContext): number {
  const input = results.pair;
  const parting = input?.real['v(d)'];
  if (!input || !parting) return Number.NaN;
  const after = parting.findIndex((value) => Math.abs(value) >= PARTED);
  // Where the outputs never part that far, at the end.
  const parted = after < 1 ? parting.at(-1)! : Math.sign(parting[after]!) * PARTED;
  const share = after < 1 ? 1 : (parted - parting[after - 1]!) / (parting[after]! - parting[after - 1]!);
  const moment = after < 1 ? input.axis.at(-1)! : input.axis[after - 1]! + share * (input.axis[after]! - input.axis[after - 1]!);
  let variance = 0;
  for (const { id, model, parameter } of PAIRS) {
    const response = results[id];
    const apart = response?.real['v(d)'];
    if (!response || !apart) return Number.NaN;
    const gain = valueAt(response.axis, apart, moment) / parted;
    // Two devices differ by the square root of 2 more than one from its nominal self.
    variance += 2 * (gain * thresholdSigma(LIBRARY, model, parameters[parameter]!, LENGTH)) ** 2;
  }
  return Math.sqrt(variance);
}

/** Linear between samples. */
function valueAt(axis: Float64Array, values: Float64Array, at: number): number {
  const after = axis.findIndex((place) => place >= at);
  if (after <= 0) return values[after < 0 ? values.length - 1 : 0]!;
  const share = (at - axis[after - 1]!) / (axis[after]! - axis[after - 1]!);
  return values[after - 1]! + (values[after]! - values[after - 1]!) * share;
}

/** A double-tail latch comparator in GF180MCU, 3.3 V. */
export const doubleTailComparator: CircuitDefinition = {
  id: 'double-tail-comparator',
  title: 'Double-tail comparator',
  description: 'Clocked double-tail latch comparator at 250 MHz with 25 fF on each output, in GF180MCU 3.3 V devices.',
  parameters: [
    width('wn1', 'Input tail', 20, ['tail', 'clock'], 'n', ['m1']),
    width('wn2', 'Input pair', 20, ['input-pair'], 'n', ['m2', 'm3']),
    width('wp1', 'Precharge', 10, ['precharge', 'clock'], 'p', ['m4', 'm5']),
    width('wp3', 'Latch tail', 40, ['tail', 'clock'], 'p', ['m6']),
    width('wp2', 'P latch', 20, ['latch'], 'p', ['m7', 'm8']),
    width('wn3', 'N latch', 10, ['latch'], 'n', ['m9', 'm10']),
    width('wn4', 'Transfer and reset', 10, ['gain-stage', 'precharge'], 'n', ['m11', 'm12']),
  ],
  specs: [
    spec('delay', { target: 170e-12, easy: 350e-12, hard: 160e-12, typical: 400e-12 }),
    spec('energy', { target: 3.8e-12, easy: 8e-12, hard: 3.5e-12, typical: 7e-12 }),
    spec('offset', { target: 4.5e-3, easy: 8e-3, hard: 4e-3, typical: 6e-3, title: 'Input-referred offset (one sigma)' }),
  ],
  process: { library: LIBRARY, section: 'typical', supply: 3.3, temperature: 27 },
  // The input's sign turns during the reset, half a nanosecond before the second edge. von takes it away;
  // sources of 0 V are shifts to be altered.
  netlist: `
vdd vdd 0 {supply}
vclk clk 0 pulse(0 {supply} ${FIRST} ${EDGE} ${EDGE} ${FLAT} ${PERIOD})
vclkb clkb 0 pulse({supply} 0 ${FIRST} ${EDGE} ${EDGE} ${FLAT} ${PERIOD})
vcm cm 0 {supply/2}
vdiff diff 0 pulse(50m -50m ${SECOND - 0.5e-9} 50p 50p 1 2)
von on 0 1
binp inp 0 v = v(cm) + v(diff)*v(on)
binn inn 0 v = v(cm) - v(diff)*v(on)
vpair g2 inp 0
vtransfer g11 dn 0
vlatchn g9 outp 0
vlatchp g7 outp 0
m1 tail clk 0 0 nmos_3p3 w={wn1} l=${LENGTH}
m2 dn g2 tail 0 nmos_3p3 w={wn2} l=${LENGTH}
m3 dp inn tail 0 nmos_3p3 w={wn2} l=${LENGTH}
m4 dn clk vdd vdd pmos_3p3 w={wp1} l=${LENGTH}
m5 dp clk vdd vdd pmos_3p3 w={wp1} l=${LENGTH}
m6 top clkb vdd vdd pmos_3p3 w={wp3} l=${LENGTH}
m7 outn g7 top vdd pmos_3p3 w={wp2} l=${LENGTH}
m8 outp outn top vdd pmos_3p3 w={wp2} l=${LENGTH}
m9 outn g9 0 0 nmos_3p3 w={wn3} l=${LENGTH}
m10 outp outn 0 0 nmos_3p3 w={wn3} l=${LENGTH}
m11 outp g11 0 0 nmos_3p3 w={wn4} l=${LENGTH}
m12 outn dp 0 0 nmos_3p3 w={wn4} l=${LENGTH}
cn outn 0 25f
cp outp 0 25f
ed d 0 outp outn 1
`,
  nodeset: { dn: '{supply}', dp: '{supply}', g11: '{supply}', outn: 0, outp: 0, g7: 0, g9: 0, top: 1, tail: 0.8 },
  analyses: [
    {
      id: 'cycles',
      kind: 'tran',
      step: '100p',
      stop: END,
      maximumStep: '1n',
      options: { trtol: 1 },
      save: ['v(clk)', 'v(d)', 'v(outn)', 'v(outp)', 'v(dn)', 'v(dp)', 'i(vdd)'],
      // One decision for each sign of the input; the second has to overcome what the first left behind.
      guards: [
        isHigh('v(outp)', FIRST_DECIDED, 'no full decision for a positive input'),
        isLow('v(outn)', FIRST_DECIDED, 'no full decision for a positive input'),
        isHigh('v(outn)', SECOND_DECIDED, 'no full decision for a negative input'),
        isLow('v(outp)', SECOND_DECIDED, 'no full decision for a negative input'),
        ...[SECOND, END].flatMap((at) => [
          isHigh('v(dn)', at, 'not precharged'),
          isHigh('v(dp)', at, 'not precharged'),
          isLow('v(outn)', at, 'not reset'),
          isLow('v(outp)', at, 'not reset'),
        ]),
      ],
    },
    ...PAIRS.map(({ id, source }, i) => ({
      id,
      kind: 'tran' as const,
      alter: { ...(i === 0 ? { von: 0 } : { [PAIRS[i - 1]!.source]: 0 }), [source]: SHIFT },
      step: '100p',
      stop: FIRST_DECIDED,
      // Four responses are compared at one moment, while they grow: steps of their own would blur it.
      maximumStep: '10p',
      save: ['v(d)'],
    })),
  ],
  measures: {
    delay: {
      use: 'delay',
      analysis: 'cycles',
      output: 'v(d)',
      'from-output': 'v(clk)',
      'from-level': '{supply / 2}',
      'from-edge': 'rise',
      level: '{-supply / 2}',
      edge: 'fall',
      after: SECOND,
    },
    energy: { use: 'charge', analysis: 'cycles', output: 'i(vdd)', from: SECOND, to: END, scale: '{supply}' },
    offset,
  },
  plausible: { delay: { minimum: 1e-12 }, energy: { minimum: 1e-15 }, offset: { minimum: 1e-5 } },
  episode: { steps: 30, startPerturbation: 0.1 },
  heldTargets: targets.held,
  timeLimitMilliseconds: 4000,
};
