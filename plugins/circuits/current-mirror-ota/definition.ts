import { type CircuitDefinition, length, spec, width } from '../../../engine/api';
import targets from './targets.json';

/** A current-mirror operational transconductance amplifier in GF180MCU, 3.3 V. */
export const currentMirrorOta: CircuitDefinition = {
  id: 'current-mirror-ota',
  title: 'Current-mirror OTA',
  description:
    'Single-stage operational transconductance amplifier: NMOS pair, 1:K mirrors to the output, 10 pF load, in GF180MCU.',
  parameters: [
    width('wn1', 'Input pair', 40, ['input-pair'], 'n', ['m1', 'm2']),
    width('wn3', 'Tail', 60, ['tail', 'bias'], 'n', ['m5']),
    width('wp1', 'Mirror diodes', 10, ['mirror', 'load'], 'p', ['m3', 'm4']),
    width('wp2', 'Mirror outputs', 30, ['mirror', 'gain-stage'], 'p', ['m7', 'm8']),
    width('wn2', 'Output mirror', 10, ['mirror', 'gain-stage'], 'n', ['m9', 'm10']),
    length('lp', 'Length of the P mirrors', 0.5, ['mirror', 'gain-stage'], 'p', ['m3', 'm4', 'm7', 'm8']),
    length('ln', 'Length of the N mirror', 0.5, ['mirror', 'gain-stage'], 'n', ['m9', 'm10']),
  ],
  specs: [
    spec('gain', { target: 400, easy: 200, hard: 450, typical: 200 }),
    spec('unityGainFrequency', { target: 35e6, easy: 15e6, hard: 35e6, typical: 6e6 }),
    spec('phaseMargin', { target: 60, easy: 45, hard: 65, typical: 80 }),
    spec('supplyCurrent', { target: 0.3e-3, easy: 0.5e-3, hard: 0.25e-3, typical: 0.15e-3 }),
  ],
  process: { library: 'gf180', section: 'typical', supply: 3.3, temperature: 27 },
  // lloop and cloop close the loop at DC and open it for signals: the output rests where a follower's would.
  netlist: `
vdd vdd 0 {supply}
vin inp 0 dc {supply/2} ac 1
ibias vdd bias 30u
m1 a inn tail 0 nmos_3p3 w={wn1} l=0.3u
m2 b inp tail 0 nmos_3p3 w={wn1} l=0.3u
m3 a a vdd vdd pmos_3p3 w={wp1} l={lp}
m4 b b vdd vdd pmos_3p3 w={wp1} l={lp}
m5 tail bias 0 0 nmos_3p3 w={wn3} l=0.5u
m6 bias bias 0 0 nmos_3p3 w=20u l=0.5u
m7 c a vdd vdd pmos_3p3 w={wp2} l={lp}
m8 out b vdd vdd pmos_3p3 w={wp2} l={lp}
m9 c c 0 0 nmos_3p3 w={wn2} l={ln}
m10 out c 0 0 nmos_3p3 w={wn2} l={ln}
cload out 0 10p
lloop out inn 1g
cloop inn 0 1g
`,
  options: { reltol: 1e-6 },
  nodeset: { a: 2.2, b: 2.2, c: 1, tail: 0.8, bias: 0.75, out: 1.65, inn: 1.65 },
  analyses: [
    {
      id: 'op',
      kind: 'op',
      save: ['v(out)', 'i(vdd)'],
      guards: [
        {
          use: 'within',
          vector: 'v(out)',
          minimum: '{supply/2 - 0.1}',
          maximum: '{supply/2 + 0.1}',
          otherwise: 'the output does not follow the input',
        },
        { use: 'saturated', devices: ['m1', 'm2', 'm5', 'm7', 'm8', 'm10'] },
      ],
    },
    { id: 'ac', kind: 'ac', pointsPerDecade: 10, start: 10, stop: 10e9, save: ['v(out)'] },
  ],
  measures: {
    gain: { use: 'gain', analysis: 'ac', output: 'v(out)' },
    unityGainFrequency: { use: 'unity-gain-frequency', analysis: 'ac', output: 'v(out)' },
    phaseMargin: { use: 'phase-margin', analysis: 'ac', output: 'v(out)' },
    supplyCurrent: { use: 'supply-current', analysis: 'op', output: 'i(vdd)' },
  },
  plausible: { gain: { minimum: 1, maximum: 1e5 }, unityGainFrequency: { minimum: 1 }, supplyCurrent: { minimum: 30e-6 } },
  episode: { steps: 30, startPerturbation: 0.1 },
  heldTargets: targets.held,
  timeLimitMilliseconds: 4000,
};
