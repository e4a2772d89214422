import type { CircuitDefinition } from '../../engine/api';
import { bandwidth, harmonicDistortion } from './measures';

/** Of the sine that distortion is measured with. */
const FREQUENCY = 1e6;

/** A common-source stage with a resistor: three parameters, four specs, two measures of its own. */
export const commonSource: CircuitDefinition = {
  id: 'common-source',
  title: 'Common-source stage',
  description: 'An NMOS transistor with a resistive load in GF180MCU, 3.3 V, driving 1 pF.',
  parameters: [
    {
      name: 'w',
      title: 'Transistor',
      kind: 'width',
      unit: 'm',
      minimum: 1e-6,
      maximum: 100e-6,
      scale: 'log',
      initial: 10e-6,
      roles: ['gain-stage'],
      polarity: 'n',
      devices: ['m1'],
    },
    {
      name: 'rload',
      title: 'Load resistor',
      kind: 'resistance',
      unit: 'ohm',
      minimum: 1e3,
      maximum: 100e3,
      scale: 'log',
      initial: 10e3,
      roles: ['load'],
      polarity: 'none',
      devices: ['r1'],
    },
    {
      name: 'vbias',
      title: 'Gate bias',
      kind: 'voltage',
      unit: 'V',
      minimum: 0.6,
      maximum: 1.2,
      scale: 'linear',
      initial: 0.85,
      roles: ['bias'],
      polarity: 'none',
      devices: ['vin'],
    },
  ],
  specs: [
    {
      name: 'gain',
      title: 'Gain',
      kind: 'gain',
      unit: 'V/V',
      direction: 'at-least',
      target: 10,
      range: { easy: 4, hard: 12 },
      transform: { scale: 'log', center: Math.log(8), spread: 1, floor: 1e-2 },
    },
    {
      name: 'bandwidth',
      title: 'Bandwidth (-3 dB)',
      kind: 'bandwidth',
      unit: 'Hz',
      direction: 'at-least',
      target: 25e6,
      range: { easy: 5e6, hard: 30e6 },
      transform: { scale: 'log', center: Math.log(15e6), spread: 1, floor: 1e5 },
    },
    {
      name: 'distortion',
      title: 'Harmonic distortion',
      kind: 'other',
      unit: '',
      direction: 'at-most',
      target: 0.015,
      range: { easy: 0.05, hard: 0.01 },
      transform: { scale: 'log', center: Math.log(0.02), spread: 1, floor: 1e-5 },
    },
    {
      name: 'supplyCurrent',
      title: 'Supply current',
      kind: 'current',
      unit: 'A',
      direction: 'at-most',
      target: 300e-6,
      range: { easy: 1e-3, hard: 200e-6 },
      transform: { scale: 'log', center: Math.log(2e-4), spread: 1, floor: 1e-7 },
    },
  ],
  process: { library: 'gf180', section: 'typical', supply: 3.3, temperature: 27 },
  netlist: `
vdd vdd 0 {supply}
vin in 0 dc {vbias} ac 1 sin({vbias} 10m ${FREQUENCY})
m1 out in 0 0 nmos_3p3 w={w} l=0.5u
r1 vdd out {rload}
cload out 0 1p
`,
  analyses: [
    {
      id: 'op',
      kind: 'op',
      save: ['v(out)', 'i(vdd)'],
      guards: [
        { use: 'within', vector: 'v(out)', minimum: 0.3, maximum: 3.1, otherwise: 'the output sits on a rail' },
        { use: 'saturated', devices: ['m1'] },
      ],
    },
    { id: 'ac', kind: 'ac', pointsPerDecade: 20, start: 1e4, stop: 10e9, save: ['v(out)'] },
    { id: 'sine', kind: 'tran', step: '10n', stop: '2u', maximumStep: '10n', save: ['v(out)'] },
  ],
  measures: {
    gain: { use: 'gain', analysis: 'ac', output: 'v(out)' },
    bandwidth: ({ results: { ac } }) => (ac ? bandwidth(ac, 'v(out)') : Number.NaN),
    distortion: ({ results: { sine } }) => (sine ? harmonicDistortion(sine, 'v(out)', FREQUENCY) : Number.NaN),
    supplyCurrent: { use: 'supply-current', analysis: 'op', output: 'i(vdd)' },
  },
};
