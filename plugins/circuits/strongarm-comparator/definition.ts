import { type CircuitDefinition, spec, width } from '../../../engine/api';
import targets from './targets.json';

/** The published start of every width, micrometres. */
const START = 33.3;
const SUPPLY = 3.3;
/** Clock period, and the length of each of its edges: 250 MHz. */
const PERIOD = 4e-9;
const EDGE = 0.1 * PERIOD;
/** How long the clock is high or low between its edges. */
const FLAT = 0.4 * PERIOD;
/** When the first clock edge begins; the circuit starts precharged, in its operating point. */
const FIRST = 0.2e-9;
const SECOND = FIRST + PERIOD;
/** The decision must stand when the clock begins to fall. */
const FIRST_DECIDED = FIRST + EDGE + FLAT;
const SECOND_DECIDED = SECOND + EDGE + FLAT;
const END = SECOND + PERIOD;
const LOW = '{0.1 * supply}';
const HIGH = '{0.9 * supply}';

const isHigh = (vector: string, at: number, otherwise: string) =>
  ({ use: 'within', vector, at, minimum: HIGH, otherwise }) as const;
const isLow = (vector: string, at: number, otherwise: string) =>
  ({ use: 'within', vector, at, maximum: LOW, otherwise }) as const;

/** A StrongARM latch comparator in GF180MCU, 3.3 V. */
export const strongarmComparator: CircuitDefinition = {
  id: 'strongarm-comparator',
  title: 'StrongARM comparator',
  description: 'Clocked StrongARM latch comparator at 250 MHz with 25 fF on each output, in GF180MCU 3.3 V devices.',
  parameters: [
    width('wn1', 'Clocked tail', START, ['tail', 'clock'], 'n', ['m1']),
    width('wn2', 'Input pair', START, ['input-pair'], 'n', ['m2', 'm3']),
    width('wn3', 'N latch', START, ['latch'], 'n', ['m4', 'm5']),
    width('wp1', 'P latch', START, ['latch'], 'p', ['m6', 'm7']),
    width('wp2', 'Output precharge', START, ['precharge', 'clock'], 'p', ['m8', 'm9']),
    width('wp3', 'Inner precharge', START, ['precharge', 'clock'], 'p', ['m10', 'm11']),
  ],
  specs: [
    spec('delay', { title: 'Decision delay', target: 80e-12, easy: 300e-12, hard: 78e-12, typical: 300e-12 }),
    spec('charge', {
      title: 'Supply charge a cycle',
      target: 0.37e-12,
      easy: 2e-12,
      hard: 0.36e-12,
      typical: 1.2e-12,
      spread: 0.8,
    }),
  ],
  process: { library: 'gf180', section: 'typical', supply: SUPPLY, temperature: 27 },
  // The input's sign turns while the outputs are being precharged, half a nanosecond before the second edge.
  netlist: `
vdd vdd 0 {supply}
vclk clk 0 pulse(0 {supply} ${FIRST} ${EDGE} ${EDGE} ${FLAT} ${PERIOD})
vcm cm 0 {supply/2}
vdiff diff 0 pulse(50m -50m ${SECOND - 0.5e-9} 50p 50p 1 2)
einp inp cm diff 0 1
einn inn cm diff 0 -1
m1 tail clk 0 0 nmos_3p3 w={wn1} l=0.3u
m2 xn inp tail 0 nmos_3p3 w={wn2} l=0.3u
m3 xp inn tail 0 nmos_3p3 w={wn2} l=0.3u
m4 outn outp xn 0 nmos_3p3 w={wn3} l=0.3u
m5 outp outn xp 0 nmos_3p3 w={wn3} l=0.3u
m6 outn outp vdd vdd pmos_3p3 w={wp1} l=0.6u
m7 outp outn vdd vdd pmos_3p3 w={wp1} l=0.6u
m8 outn clk vdd vdd pmos_3p3 w={wp2} l=0.6u
m9 outp clk vdd vdd pmos_3p3 w={wp2} l=0.6u
m10 xn clk vdd vdd pmos_3p3 w={wp3} l=0.6u
m11 xp clk vdd vdd pmos_3p3 w={wp3} l=0.6u
cn outn 0 25f
cp outp 0 25f
`,
  nodeset: { outn: '{supply}', outp: '{supply}', xn: '{supply}', xp: '{supply}' },
  analyses: [
    {
      id: 'cycles',
      kind: 'tran',
      step: '100p',
      stop: END,
      maximumStep: '1n',
      // See README.md, "Accuracy": the truncation tolerance alone decides the steps.
      options: { trtol: 2 },
      save: ['v(clk)', 'v(outn)', 'v(outp)', 'i(vdd)'],
      // One decision for each sign of the input; the second has to overcome what the first left behind.
      guards: [
        isLow('v(outn)', FIRST_DECIDED, 'no full decision for a positive input'),
        isHigh('v(outp)', FIRST_DECIDED, 'no full decision for a positive input'),
        isHigh('v(outn)', SECOND, 'not precharged'),
        isHigh('v(outp)', SECOND, 'not precharged'),
        isLow('v(outp)', SECOND_DECIDED, 'no full decision for a negative input'),
        isHigh('v(outn)', SECOND_DECIDED, 'no full decision for a negative input'),
        isHigh('v(outn)', END, 'not precharged'),
        isHigh('v(outp)', END, 'not precharged'),
      ],
    },
  ],
  measures: {
    delay: {
      use: 'delay',
      analysis: 'cycles',
      output: 'v(outp)',
      'from-output': 'v(clk)',
      'from-level': '{supply / 2}',
      'from-edge': 'rise',
      level: '{supply / 2}',
      edge: 'fall',
      after: SECOND,
    },
    charge: { use: 'charge', analysis: 'cycles', output: 'i(vdd)', from: SECOND, to: END },
  },
  plausible: { delay: { minimum: 1e-12 }, charge: { minimum: 1e-15 } },
  // The published start is far from good in every width: episodes begin all around it.
  episode: { steps: 30, startPerturbation: 0.3 },
  heldTargets: targets.held,
  references: [
    { work: 'PPAAS scripts (arXiv 2507.17003)', what: 'training steps, one agent for this circuit', figure: '8k' },
    { work: 'PPAAS (arXiv 2507.17003)', what: 'target ranges: delay; charge a cycle', figure: '100-200 ps; 0.5-1.5 pC' },
  ],
  timeLimitMilliseconds: 4000,
};
