import { type CircuitDefinition, capacitance, spec, width } from '../../../engine/api';
import targets from './targets.json';

const SUPPLY = 3.3;
/** An amplifier that is off by more does not work, volts. */
const OFFSET = 0.05;
const NO_FOLLOWER = 'the follower does not follow';
/** The follower's input steps from and to, volts, beginning at EDGE, seconds. */
const LOW = 0.22 * SUPPLY - 0.15;
const HIGH = 0.22 * SUPPLY + 0.15;
const EDGE = 0.1e-6;
const SETTLED = 0.01 * (HIGH - LOW);
/** Longest settling that is told apart. */
const WINDOW = 2e-6;

/** A three-stage operational amplifier with cascode Miller compensation in GF180MCU, 3.3 V. */
export const cascodeMillerOpamp: CircuitDefinition = {
  id: 'cascode-miller-opamp',
  title: 'Cascode-Miller op-amp',
  description: 'Three-stage operational amplifier, folded-cascode input with PMOS pair, cascode Miller compensation, 10 pF load.',
  parameters: [
    width('wn13', 'N bias and sinks', 1.009, ['bias', 'mirror', 'load'], 'n', [
      'mnd',
      'mn3',
      'mn4a',
      'mn4b',
      'mf1',
      'mf2',
      'ms2',
    ]),
    width('wn15', 'N cascodes', 72.886, ['cascode', 'folding'], 'n', ['mc1', 'mc2']),
    width('wn21', 'Output mirror', 68.441, ['mirror', 'gain-stage'], 'n', ['md', 'mo']),
    width('wp6', 'P bias, tail and mirror load', 31.635, ['bias', 'mirror', 'tail', 'load'], 'p', [
      'mb',
      'mp4',
      'mpd',
      'mp3',
      'mt',
      'ml1',
      'ml2',
    ]),
    width('wp7', 'Third stage', 93.189, ['gain-stage'], 'p', ['m7']),
    width('wp9', 'Input pair', 45.469, ['input-pair'], 'p', ['m9a', 'm9b']),
    width('wp10', 'Second stage', 70.129, ['gain-stage'], 'p', ['m10']),
    width('wp11', 'Feed-forward', 29.549, ['feed-forward'], 'p', ['m11']),
    capacitance('c1', 'Inner Miller capacitor', 6.786e-12, ['compensation'], ['c1']),
    capacitance('c2', 'Cascode Miller capacitor', 6.734e-12, ['compensation'], ['c2']),
  ],
  specs: [
    spec('gain', { target: 8000, easy: 1000, hard: 10_000, typical: 3000, spread: 1.3 }),
    spec('swing', { target: 2, easy: 1, hard: 2.5, typical: 2, spread: 0.5 }),
    spec('unityGainFrequency', { target: 15e6, easy: 2e6, hard: 15e6, typical: 8e6, spread: 1.2 }),
    spec('phaseMargin', { target: 85, easy: 30, hard: 88, typical: 30 }),
    spec('supplyCurrent', { target: 0.6e-3, easy: 3e-3, hard: 0.5e-3, typical: 0.7e-3, spread: 0.6 }),
    spec('settling', { target: 0.12e-6, easy: 2e-6, hard: 0.12e-6, typical: 0.6e-6 }),
  ],
  process: { library: 'gf180', section: 'typical', supply: SUPPLY, temperature: 27 },
  // Feedback through eservo puts the output at v(set) plus the offset; lservo and cservo keep it from alternating current,
  // so that AC sees the open loop. rservo and rfollow turn it into a follower: analyses alter them.
  netlist: `
vdd vdd 0 {supply}
vcm cm 0 {supply/2}
vset set 0 {supply/2}
vin inp 0 dc {supply/2} ac 1 pulse(${LOW} ${HIGH} ${EDGE} 1n 1n 200u 400u)
ibias b1 0 30u
mb b1 b1 vdd vdd pmos_3p3 w={wp6} l=0.3u
mp4 vb4 b1 vdd vdd pmos_3p3 w={wp6} l=0.3u
mpd dm1 b1 vdd vdd pmos_3p3 w={wp6} l=0.3u
mp3 vb3 b1 vdd vdd pmos_3p3 w={wp6} l=0.3u
mt tail b1 vdd vdd pmos_3p3 w={wp6} l=0.3u m=2
mnd dm1 dm1 0 0 nmos_3p3 w={wn13} l=0.3u
mn3 vb3 vb3 0 0 nmos_3p3 w={wn13} l=0.3u
mn4a vb4 vb3 vb4s 0 nmos_3p3 w={wn13} l=0.3u m=4
mn4b vb4s vb4 0 0 nmos_3p3 w={wn13} l=0.3u m=4
m9a f1 inn tail tail pmos_3p3 w={wp9} l=0.3u
m9b f2 inp tail tail pmos_3p3 w={wp9} l=0.3u
mf1 f1 vb4 0 0 nmos_3p3 w={wn13} l=0.3u m=8
mf2 f2 vb4 0 0 nmos_3p3 w={wn13} l=0.3u m=8
mc1 m1 vb3 f1 0 nmos_3p3 w={wn15} l=0.3u
mc2 s1 vb3 f2 0 nmos_3p3 w={wn15} l=0.3u
ml1 m1 m1 vdd vdd pmos_3p3 w={wp6} l=0.3u m=8
ml2 s1 m1 vdd vdd pmos_3p3 w={wp6} l=0.3u m=8
m10 s2 s1 vdd vdd pmos_3p3 w={wp10} l=0.3u
ms2 s2 vb4 0 0 nmos_3p3 w={wn13} l=0.3u m=8
m7 s3 s2 vdd vdd pmos_3p3 w={wp7} l=0.3u
md s3 s3 0 0 nmos_3p3 w={wn21} l=0.3u
mo out s3 0 0 nmos_3p3 w={wn21} l=0.3u
m11 out s1 vdd vdd pmos_3p3 w={wp11} l=0.3u
c1 s1 s2 {c1}
c2 f2 out {c2}
cload out 0 10p
eservo sv cm out set 1
lservo sv inn 1e9
rservo inn ac0 1
cservo ac0 0 1e9
rfollow inn out 1e12
`,
  // With ngspice's 1e-3 the last Newton step is left out, which is most of what the input of a high gain moves by.
  options: { reltol: 1e-6 },
  nodeset: {
    b1: 2.4,
    vb4: 0.75,
    vb3: 1.1,
    dm1: 1.1,
    tail: 2.5,
    f1: 0.2,
    f2: 0.2,
    m1: 2.5,
    s1: 2.5,
    s2: 2.4,
    s3: 0.75,
    out: 1.65,
    inn: 1.65,
  },
  analyses: [
    {
      id: 'op',
      kind: 'op',
      save: ['v(out)', 'i(vdd)', 'v(inn)'],
      guards: [
        {
          use: 'within',
          vector: 'v(inn)',
          minimum: `{supply/2 - ${OFFSET}}`,
          maximum: `{supply/2 + ${OFFSET}}`,
          otherwise: 'the offset is more than 50 mV',
        },
        { use: 'saturated', devices: ['mt', 'mc1', 'mc2', 'ml2', 'm10', 'ms2', 'm7', 'mo', 'm11'] },
      ],
    },
    { id: 'ac', kind: 'ac', pointsPerDecade: 15, start: 1, stop: 1e9, save: ['v(out)'] },
    {
      id: 'dc',
      kind: 'dc',
      source: 'vset',
      start: '0.1',
      stop: '{supply - 0.1}',
      step: '50m',
      save: ['v(out)', 'v(inn)'],
    },
    {
      id: 'settled',
      kind: 'op',
      alter: { rservo: 1e12, rfollow: 1, cload: 500e-12, 'vin dc': HIGH },
      save: ['v(out)'],
      guards: [
        {
          use: 'within',
          vector: 'v(out)',
          minimum: HIGH - OFFSET,
          maximum: HIGH + OFFSET,
          otherwise: NO_FOLLOWER,
        },
      ],
    },
    {
      id: 'step',
      kind: 'tran',
      options: { reltol: 5e-3, trtol: 0.01, chgtol: 3e-13, abstol: 1e-10, xmu: 0.49 },
      step: '0.2u',
      stop: EDGE + WINDOW,
      maximumStep: '0.2u',
      pointLimit: 500,
      refinements: [
        { margin: 0.06, options: { reltol: 1e-3, trtol: 2e-3, chgtol: 1e-14, xmu: 0.4975 }, pointLimit: 1500 },
        { margin: 0.01, options: { reltol: 1e-3, trtol: 1e-4, chgtol: 1e-14, abstol: 1e-12, xmu: 0.5 }, pointLimit: 10_000 },
      ],
      save: ['v(out)'],
      guards: [{ use: 'within', vector: 'v(out)', at: 0, minimum: LOW - OFFSET, maximum: LOW + OFFSET, otherwise: NO_FOLLOWER }],
    },
  ],
  measures: {
    gain: { use: 'sweep-gain', analysis: 'dc', output: 'v(out)', input: 'v(inn)' },
    swing: { use: 'sweep-swing', analysis: 'dc', output: 'v(out)', input: 'v(inn)' },
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
  plausible: { gain: { minimum: 10, maximum: 1e7 }, unityGainFrequency: { minimum: 1 }, supplyCurrent: { minimum: 30e-6 } },
  episode: { steps: 30, startPerturbation: 0.1 },
  heldTargets: targets.held,
  references: [
    { work: 'PPAAS scripts (arXiv 2507.17003)', what: 'training steps, one agent for this circuit', figure: '24k' },
    {
      work: 'PPAAS (arXiv 2507.17003)',
      what: 'target ranges: gain; swing; unity-gain frequency; phase margin; current; settling',
      figure: '4500-5500 V/V; 1.4-1.6 V; 4-6 MHz; 85 deg; 3-10 mA; 0.15-0.3 us',
    },
  ],
  timeLimitMilliseconds: 8000,
};
