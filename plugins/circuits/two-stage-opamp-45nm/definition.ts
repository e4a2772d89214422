import { type CircuitDefinition, capacitance, type DeviceRole, type ParameterDefinition, spec } from '../../../engine/api';
import targets from './targets.json';

/** A whole number of unit devices, each 0.5 um wide. */
function multiplier(
  name: string,
  title: string,
  initial: number,
  roles: readonly DeviceRole[],
  polarity: 'n' | 'p',
  devices: readonly string[],
): ParameterDefinition {
  const range = { minimum: 1, maximum: 100, scale: 'log', grid: 1 } as const;
  return { name, title, kind: 'multiplier', unit: '', ...range, initial, roles, polarity, devices };
}

/** A Miller-compensated two-stage operational amplifier in 45 nm: the setting of AutoCkt. */
export const twoStageOpamp45nm: CircuitDefinition = {
  id: 'two-stage-opamp-45nm',
  title: 'Two-stage op-amp, 45 nm',
  description: 'Miller-compensated two-stage operational amplifier, NMOS input pair, 10 pF load, in FreePDK45 at 1.2 V.',
  parameters: [
    multiplier('mp1', 'Mirror load', 34, ['mirror', 'load'], 'p', ['m3', 'm4']),
    multiplier('mn1', 'Input pair', 34, ['input-pair'], 'n', ['m1', 'm2']),
    multiplier('mp3', 'Second stage', 34, ['gain-stage'], 'p', ['m7']),
    multiplier('mn3', 'Tail', 34, ['tail', 'bias'], 'n', ['m5']),
    multiplier('mn4', 'Bias diode', 34, ['bias', 'mirror'], 'n', ['m6']),
    multiplier('mn5', 'Second-stage sink', 15, ['load', 'bias'], 'n', ['m8']),
    { ...capacitance('cc', 'Miller capacitor', 2.1e-12, ['compensation'], ['cc']), grid: 0.1e-12 },
  ],
  specs: [
    spec('gain', { target: 400, easy: 200, hard: 400, typical: 900 }),
    spec('unityGainFrequency', { target: 25e6, easy: 1e6, hard: 25e6, typical: 6e6 }),
    spec('phaseMargin', { target: 60, easy: 60, hard: 60, typical: 20 }),
    spec('supplyCurrent', { target: 0.25e-3, easy: 10e-3, hard: 0.1e-3, typical: 0.08e-3 }),
  ],
  process: { library: 'freepdk45', section: 'typical', supply: 1.2, temperature: 27 },
  netlist: `
vdd vdd 0 {supply}
vin inp 0 dc {supply/2} ac 1
vref inn 0 {supply/2}
ibias vdd bias 30u
m1 a inn tail 0 PDK45NVTG w=0.5u l=90n m={mn1}
m2 b inp tail 0 PDK45NVTG w=0.5u l=90n m={mn1}
m3 a a vdd vdd PDK45PVTG w=0.5u l=90n m={mp1}
m4 b a vdd vdd PDK45PVTG w=0.5u l=90n m={mp1}
m5 tail bias 0 0 PDK45NVTG w=0.5u l=90n m={mn3}
m6 bias bias 0 0 PDK45NVTG w=0.5u l=90n m={mn4}
m7 out b vdd vdd PDK45PVTG w=0.5u l=90n m={mp3}
m8 out bias 0 0 PDK45NVTG w=0.5u l=90n m={mn5}
cc b out {cc}
cload out 0 10p
`,
  options: { reltol: 1e-6 },
  nodeset: { a: 0.8, b: 0.8, tail: 0.15, bias: 0.4, out: 0.6 },
  analyses: [
    {
      id: 'op',
      kind: 'op',
      save: ['v(out)', 'i(vdd)'],
      guards: [
        {
          use: 'within',
          vector: 'v(out)',
          minimum: 0.1,
          maximum: '{supply - 0.1}',
          otherwise: 'the output sits on a rail at balanced inputs',
        },
        { use: 'saturated', devices: ['m1', 'm2', 'm4', 'm5', 'm7', 'm8'] },
      ],
    },
    { id: 'ac', kind: 'ac', pointsPerDecade: 10, start: 1, stop: 10e9, save: ['v(out)'] },
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
  references: [
    { work: 'AutoCkt (arXiv 2001.01808)', what: 'unseen targets met; simulations each', figure: '96.3 %; about 27' },
    { work: 'AutoCkt (arXiv 2001.01808)', what: 'training', figure: 'tens of thousands of simulations, episodes of 30 steps' },
  ],
  timeLimitMilliseconds: 4000,
};
