import { type CircuitDefinition, length, spec, width } from '../../../engine/api';
import targets from './targets.json';

/** Cascodes need more gate voltage than a mirror: their bias diodes are narrow. */
const BIAS_WIDTHS = { minimum: 0.5e-6, maximum: 10e-6 };

/** A folded-cascode operational transconductance amplifier in GF180MCU, 3.3 V. */
export const foldedCascodeOta: CircuitDefinition = {
  id: 'folded-cascode-ota',
  title: 'Folded-cascode OTA',
  description:
    'Single-stage operational transconductance amplifier: NMOS pair folded into P cascodes, wide-swing cascode mirror, 2 pF load, in GF180MCU.',
  parameters: [
    width('wn1', 'Input pair', 40, ['input-pair'], 'n', ['m1', 'm2']),
    width('wn3', 'Tail', 30, ['tail', 'bias'], 'n', ['m5']),
    width('wp1', 'Folding current sources', 40, ['folding', 'bias'], 'p', ['m3', 'm4']),
    width('wp2', 'P cascodes', 40, ['cascode'], 'p', ['m6', 'm7']),
    width('wn2', 'N cascodes', 20, ['cascode'], 'n', ['m8', 'm9']),
    width('wn4', 'N mirror', 20, ['mirror', 'load'], 'n', ['m10', 'm11']),
    width('wbp', 'Bias diode of the P cascodes', 4, ['bias', 'cascode'], 'p', ['m15'], BIAS_WIDTHS),
    width('wbn', 'Bias diode of the N cascodes', 2, ['bias', 'cascode'], 'n', ['m17'], BIAS_WIDTHS),
    length('lp', 'Length of the P current sources', 0.5, ['folding', 'bias'], 'p', ['m3', 'm4', 'm13', 'm16']),
    length('ln', 'Length of the N mirror', 0.5, ['mirror', 'load'], 'n', ['m10', 'm11']),
  ],
  specs: [
    spec('gain', { target: 2000, easy: 1000, hard: 2000, typical: 900 }),
    spec('unityGainFrequency', { target: 70e6, easy: 30e6, hard: 70e6, typical: 8e6 }),
    spec('phaseMargin', { target: 60, easy: 45, hard: 65, typical: 80 }),
    spec('supplyCurrent', { target: 0.3e-3, easy: 0.4e-3, hard: 0.25e-3, typical: 0.2e-3 }),
    spec('swing', { target: 2, easy: 1.8, hard: 2.1, typical: 1.8 }),
  ],
  process: { library: 'gf180', section: 'typical', supply: 3.3, temperature: 27 },
  // bservo holds the output at v(set) by the input voltage that this takes; lservo and cservo leave it out of the AC analysis.
  netlist: `
vdd vdd 0 {supply}
vset set 0 {supply/2}
bservo drive 0 v = {supply/2} + 2*(v(set) - v(out))
lservo drive rest 1g
cservo rest 0 1g
vin inp rest dc 0 ac 1
vref inn 0 {supply/2}
ibias vdd bias 30u
m1 f1 inp tail 0 nmos_3p3 w={wn1} l=0.3u
m2 f2 inn tail 0 nmos_3p3 w={wn1} l=0.3u
m5 tail bias 0 0 nmos_3p3 w={wn3} l=0.5u
m3 f1 pbias vdd vdd pmos_3p3 w={wp1} l={lp}
m4 f2 pbias vdd vdd pmos_3p3 w={wp1} l={lp}
m6 d pcas f1 vdd pmos_3p3 w={wp2} l=0.3u
m7 out pcas f2 vdd pmos_3p3 w={wp2} l=0.3u
m8 d ncas s1 0 nmos_3p3 w={wn2} l=0.3u
m9 out ncas s2 0 nmos_3p3 w={wn2} l=0.3u
m10 s1 d 0 0 nmos_3p3 w={wn4} l={ln}
m11 s2 d 0 0 nmos_3p3 w={wn4} l={ln}
m12 bias bias 0 0 nmos_3p3 w=20u l=0.5u
m13 pbias pbias vdd vdd pmos_3p3 w=20u l={lp}
m14 pbias bias 0 0 nmos_3p3 w=20u l=0.5u
m15 pcas pcas vdd vdd pmos_3p3 w={wbp} l=0.5u
m18 pcas bias 0 0 nmos_3p3 w=20u l=0.5u
m16 ncas pbias vdd vdd pmos_3p3 w=20u l={lp}
m17 ncas ncas 0 0 nmos_3p3 w={wbn} l=0.5u
cload out 0 2p
`,
  options: { reltol: 1e-6 },
  nodeset: {
    out: '{supply/2}',
    inp: '{supply/2}',
    drive: '{supply/2}',
    rest: '{supply/2}',
    f1: 2.9,
    f2: 2.9,
    d: 0.9,
    s1: 0.3,
    s2: 0.3,
    tail: 0.8,
    bias: 0.75,
    pbias: 2.4,
    pcas: 2,
    ncas: 1.1,
  },
  analyses: [
    {
      id: 'op',
      kind: 'op',
      save: ['v(out)', 'v(inp)', 'i(vdd)'],
      guards: [
        {
          use: 'within',
          vector: 'v(inp)',
          minimum: '{supply/2 - 0.02}',
          maximum: '{supply/2 + 0.02}',
          otherwise: 'the input offset is above 20 mV',
        },
        {
          use: 'saturated',
          devices: ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10', 'm11', 'm14', 'm16', 'm18'],
        },
      ],
    },
    { id: 'ac', kind: 'ac', pointsPerDecade: 10, start: 1, stop: 10e9, save: ['v(out)'] },
    { id: 'dc', kind: 'dc', source: 'vset', start: '{supply - 0.15}', stop: 0.15, step: -0.075, save: ['v(out)', 'v(inp)'] },
  ],
  measures: {
    gain: { use: 'gain', analysis: 'ac', output: 'v(out)' },
    unityGainFrequency: { use: 'unity-gain-frequency', analysis: 'ac', output: 'v(out)' },
    phaseMargin: { use: 'phase-margin', analysis: 'ac', output: 'v(out)' },
    supplyCurrent: { use: 'supply-current', analysis: 'op', output: 'i(vdd)' },
    swing: { use: 'sweep-swing', analysis: 'dc', output: 'v(out)', input: 'v(inp)' },
  },
  plausible: { gain: { minimum: 1, maximum: 1e6 }, unityGainFrequency: { minimum: 1 }, supplyCurrent: { minimum: 30e-6 } },
  episode: { steps: 30, startPerturbation: 0.1 },
  heldTargets: targets.held,
  timeLimitMilliseconds: 4000,
};
