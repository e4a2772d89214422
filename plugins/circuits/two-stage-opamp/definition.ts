import { type CircuitDefinition, capacitance, spec, width } from '../../../engine/api';
import targets from './targets.json';

/** Step of the follower test, volts; its edge begins the analysis. */
const STEP = 0.4;
const EDGE = 0;
/** Settled is what stays within 1 % of the step. */
const SETTLED = 0.01 * STEP;
/** Longest settling that is told apart. */
const WINDOW = 12e-6;

/** A Miller-compensated two-stage operational amplifier in GF180MCU, 3.3 V. */
export const twoStageOpamp: CircuitDefinition = {
  id: 'two-stage-opamp',
  title: 'Two-stage op-amp',
  description: 'Miller-compensated two-stage operational amplifier, NMOS input pair, 10 pF load, in GF180MCU 3.3 V devices.',
  parameters: [
    width('wp1', 'Mirror load', 17.33, ['mirror', 'load'], 'p', ['m3', 'm4']),
    width('wn1', 'Input pair', 88.76, ['input-pair'], 'n', ['m1', 'm2']),
    width('wp3', 'Second stage', 72.1, ['gain-stage'], 'p', ['m7']),
    width('wn3', 'Tail', 46.21, ['tail', 'bias'], 'n', ['m5']),
    width('wn4', 'Bias diode', 19.64, ['bias', 'mirror'], 'n', ['m6']),
    width('wn5', 'Second-stage sink', 70.0, ['load', 'bias'], 'n', ['m8']),
    capacitance('cc', 'Miller capacitor', 3.48e-12, ['compensation'], ['cc']),
  ],
  specs: [
    spec('gain', { target: 300, easy: 250, hard: 450, typical: 300 }),
    spec('swing', { target: 0.5, easy: 0.2, hard: 0.8, typical: 0.5 }),
    spec('unityGainFrequency', { target: 20e6, easy: 4e6, hard: 20e6, typical: 8e6 }),
    spec('phaseMargin', { target: 60, easy: 50, hard: 65, typical: 30 }),
    spec('supplyCurrent', { target: 0.4e-3, easy: 1e-3, hard: 0.35e-3, typical: 0.4e-3 }),
    spec('settling', { target: 1.5e-6, easy: 8e-6, hard: 1.2e-6, typical: 3e-6 }),
  ],
  process: { library: 'gf180', section: 'typical', supply: 3.3, temperature: 27 },
  // ropen and rfollow choose between open loop and unity-gain follower: analyses alter them.
  netlist: `
vdd vdd 0 {supply}
vin inp 0 dc {supply/2} ac 1 pulse({supply/2 - ${STEP / 2}} {supply/2 + ${STEP / 2}} ${EDGE} 1n 1n 200u 400u)
vref ref 0 {supply/2}
ibias vdd bias 30u
m1 a inn tail 0 nmos_3p3 w={wn1} l=0.3u
m2 b inp tail 0 nmos_3p3 w={wn1} l=0.3u
m3 a a vdd vdd pmos_3p3 w={wp1} l=0.3u
m4 b a vdd vdd pmos_3p3 w={wp1} l=0.3u
m5 tail bias 0 0 nmos_3p3 w={wn3} l=0.3u
m6 bias bias 0 0 nmos_3p3 w={wn4} l=0.3u
m7 out b vdd vdd pmos_3p3 w={wp3} l=0.3u
m8 out bias 0 0 nmos_3p3 w={wn5} l=0.3u
cc b out {cc}
cload out 0 10p
ropen inn ref 1
rfollow inn out 1e12
`,
  // With ngspice's 1e-3 the last Newton step is left out: 8 % of the gain, and 2 mV of what settling is counted to.
  options: { reltol: 1e-6 },
  nodeset: { a: 2.4, b: 2.4, tail: 0.8, bias: 0.75, out: 1.65 },
  analyses: [
    {
      id: 'op',
      kind: 'op',
      save: ['v(out)', 'i(vdd)'],
      guards: [
        {
          use: 'within',
          vector: 'v(out)',
          minimum: 0.3,
          maximum: '{supply - 0.3}',
          otherwise: 'the output sits on a rail at balanced inputs',
        },
      ],
    },
    { id: 'ac', kind: 'ac', pointsPerDecade: 10, start: 1, stop: 10e9, save: ['v(out)'] },
    { id: 'dc', kind: 'dc', source: 'vin', start: '{supply/2 - 1m}', stop: '{supply/2 + 1m}', step: '125u', save: ['v(out)'] },
    {
      // Where the follower ends up after the rising edge: settling is counted to this, not to the end of the window.
      id: 'settled',
      kind: 'op',
      alter: { ropen: 1e12, rfollow: 1, cload: 500e-12, 'vin dc': `{supply/2 + ${STEP / 2}}` },
      save: ['v(out)'],
      guards: [
        {
          use: 'within',
          vector: 'v(out)',
          minimum: `{supply/2 + ${STEP / 2 - 0.1 * STEP}}`,
          maximum: `{supply/2 + ${STEP / 2 + 0.1 * STEP}}`,
          otherwise: 'the follower does not follow',
        },
      ],
    },
    {
      id: 'step',
      kind: 'tran',
      // See README.md, "Settling": a tight truncation tolerance, the steps left to ngspice.
      options: { reltol: 5e-3, trtol: 0.01, chgtol: 3e-13, abstol: 1e-10, xmu: 0.49 },
      step: '1u',
      stop: EDGE + WINDOW,
      maximumStep: '1u',
      // More than forty periods of ringing: it does not settle within the window.
      pointLimit: 1000,
      refinements: [
        { margin: 0.065, options: { reltol: 3e-3, trtol: 3.3e-3, xmu: 0.495 }, pointLimit: 2000 },
        { margin: 0.01, options: { reltol: 1e-3, trtol: 2e-3, xmu: 0.4975 }, pointLimit: 6000 },
        { margin: 0.0025, options: { reltol: 1e-3, trtol: 2e-4, chgtol: 1e-14, abstol: 1e-12, xmu: 0.5 }, pointLimit: 20_000 },
      ],
      save: ['v(out)'],
    },
  ],
  measures: {
    gain: { use: 'sweep-gain', analysis: 'dc', output: 'v(out)' },
    swing: { use: 'sweep-swing', analysis: 'dc', output: 'v(out)' },
    unityGainFrequency: { use: 'unity-gain-frequency', analysis: 'ac', output: 'v(out)' },
    phaseMargin: { use: 'phase-margin', analysis: 'ac', output: 'v(out)' },
    supplyCurrent: { use: 'supply-current', analysis: 'op', output: 'i(vdd)' },
    settling: {
      use: 'settling',
      analysis: 'step',
      output: 'v(out)',
      edge: EDGE,
      window: WINDOW,
      'final-analysis': 'settled',
      tolerance: SETTLED,
    },
  },
  plausible: { gain: { minimum: 1, maximum: 1e5 }, unityGainFrequency: { minimum: 1 }, supplyCurrent: { minimum: 30e-6 } },
  episode: { steps: 30, startPerturbation: 0.1 },
  heldTargets: targets.held,
  references: [
    { work: 'AutoCkt (arXiv 2001.01808), 45 nm', what: 'unseen targets met; simulations each', figure: '96.3 %; about 27' },
    { work: 'PPAAS scripts (arXiv 2507.17003)', what: 'training steps, one agent for this circuit', figure: '12k' },
  ],
  yieldCaveat: 'its testbench is open loop, where offset times gain takes the output to a rail',
  timeLimitMilliseconds: 4000,
};
