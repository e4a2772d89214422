import type {
  CircuitDefinition,
  DeviceRole,
  ParameterDefinition,
  ParameterKind,
  SpecDefinition,
} from '../../../engine/api/circuit';
import targets from './targets.json';

function parameter(
  name: string,
  title: string,
  [kind, unit]: readonly [ParameterKind, ParameterDefinition['unit']],
  [minimum, maximum, initial]: readonly [number, number, number],
  roles: readonly DeviceRole[],
  polarity: ParameterDefinition['polarity'],
  devices: readonly string[],
): ParameterDefinition {
  return { name, title, kind, unit, minimum, maximum, initial, scale: 'log', roles, polarity, devices };
}

const WIDTH = ['width', 'm'] as const;
const LENGTH = ['length', 'm'] as const;

const SUPPLY = 2;
const REFERENCE = 1.6;
/** Regulated is what is within 2 % of the reference. */
const LOWEST = 0.98 * REFERENCE;
const HIGHEST = 1.02 * REFERENCE;
const LIGHT = 10e-6;
const FULL = 10e-3;

const regulated = (load: string) =>
  ({ use: 'within', vector: 'v(out)', minimum: LOWEST, maximum: HIGHEST, otherwise: `not regulated at ${load} load` }) as const;

/** Rejection as the largest gain from supply to output, so that it has a logarithm on both sides of 0 dB. */
const supplyGain = (
  name: string,
  title: string,
  [target, easy, hard]: readonly [number, number, number],
  [center, spread]: readonly [number, number],
): SpecDefinition => ({
  name,
  title: `Supply gain ${title}`,
  kind: 'rejection',
  unit: 'V/V',
  direction: 'at-most',
  target,
  range: { easy, hard },
  transform: { scale: 'log', center: Math.log(center), spread, floor: 1e-6 },
});

const marginSpec = (name: string, title: string, [easy, hard]: readonly [number, number], center: number): SpecDefinition => ({
  name,
  title,
  kind: 'phase-margin',
  unit: 'deg',
  direction: 'at-least',
  target: 60,
  range: { easy, hard },
  transform: { scale: 'linear', center, spread: 30 },
});

/** -T at the probe: what comes back over what is sent into the feedback input. */
const LOOP = { output: 'v(out)', input: 'v(fb)' } as const;

/** A low-dropout regulator in GF180MCU, 2 V to 1.6 V. */
export const ldo: CircuitDefinition = {
  id: 'ldo',
  title: 'Low-dropout regulator',
  description:
    'Low-dropout regulator, 2 V to 1.6 V, 10 uA to 10 mA, stable without an external capacitor, in GF180MCU 3.3 V devices.',
  parameters: [
    parameter('w1', 'Input pair width', WIDTH, [1e-6, 100e-6, 10e-6], ['input-pair'], 'n', ['m1', 'm2']),
    parameter('l1', 'Input pair length', LENGTH, [0.5e-6, 2e-6, 0.6e-6], ['input-pair'], 'n', ['m1', 'm2']),
    parameter('w3', 'Mirror width', WIDTH, [1e-6, 100e-6, 10e-6], ['mirror', 'load'], 'p', ['m3', 'm4']),
    parameter('l3', 'Mirror length', LENGTH, [0.5e-6, 2e-6, 0.8e-6], ['mirror', 'load'], 'p', ['m3', 'm4']),
    parameter('w5', 'Tail width', WIDTH, [1e-6, 100e-6, 5e-6], ['tail', 'bias'], 'n', ['m5']),
    parameter('l5', 'Tail length', LENGTH, [0.5e-6, 2e-6, 1e-6], ['tail', 'bias'], 'n', ['m5']),
    parameter('wpass', 'Pass device width', WIDTH, [10e-6, 100e-6, 30e-6], ['pass'], 'p', ['mpass']),
    parameter('lpass', 'Pass device length', LENGTH, [0.5e-6, 1e-6, 0.5e-6], ['pass'], 'p', ['mpass']),
    { ...parameter('mpass', 'Pass device multiplier', ['multiplier', ''], [100, 2000, 200], ['pass'], 'p', ['mpass']), grid: 1 },
    {
      ...parameter('vb', 'Tail gate voltage', ['voltage', 'V'], [0.7, 1.2, 0.85], ['tail', 'bias'], 'none', ['vb']),
      scale: 'linear',
    },
    parameter('rfb', 'Compensation resistor', ['resistance', 'ohm'], [400, 10e3, 4e3], ['compensation'], 'none', ['rfb']),
    parameter('cfb', 'Compensation capacitor', ['capacitance', 'F'], [0.2e-12, 10e-12, 4e-12], ['compensation'], 'none', ['cfb']),
    parameter('cl', 'Output capacitor', ['capacitance', 'F'], [20e-12, 550e-12, 60e-12], ['output-load'], 'none', ['cl']),
  ],
  specs: [
    {
      name: 'dropout',
      title: 'Dropout voltage',
      kind: 'dropout',
      unit: 'V',
      direction: 'at-most',
      target: 0.26,
      range: { easy: 0.4, hard: 0.2 },
      transform: { scale: 'log', center: Math.log(0.08), spread: 0.9, floor: 1e-3 },
    },
    supplyGain('fullLow', 'to 10 kHz, full load', [0.01, 0.05, 0.005], [0.006, 1.3]),
    supplyGain('fullMiddle', 'to 1 MHz, full load', [0.3, 1, 0.25], [0.3, 0.8]),
    supplyGain('fullHigh', 'above 1 MHz, full load', [1.1, 1.2, 1.06], [1.04, 0.05]),
    supplyGain('lightLow', 'to 10 kHz, light load', [0.02, 0.05, 0.007], [0.006, 1.3]),
    supplyGain('lightMiddle', 'to 1 MHz, light load', [0.45, 3, 0.4], [2, 1.3]),
    supplyGain('lightHigh', 'above 1 MHz, light load', [0.7, 1.2, 0.5], [0.3, 1.2]),
    marginSpec('marginFull', 'Phase margin, full load', [40, 75], 80),
    marginSpec('marginLight', 'Phase margin, light load', [15, 62], 30),
    {
      name: 'quiescentCurrent',
      title: 'Quiescent current',
      kind: 'current',
      unit: 'A',
      direction: 'at-most',
      target: 40e-6,
      range: { easy: 200e-6, hard: 20e-6 },
      transform: { scale: 'log', center: Math.log(2e-5), spread: 1.3, floor: 1e-8 },
    },
  ],
  process: { library: 'gf180', section: 'typical', supply: SUPPLY, temperature: 27 },
  netlist: `
vdd vdd 0 {supply}
vref ref 0 ${REFERENCE}
vb vb 0 {vb}
m1 a fb tail 0 nmos_3p3 w={w1} l={l1}
m2 gate ref tail 0 nmos_3p3 w={w1} l={l1}
m4 a a vdd vdd pmos_3p3 w={w3} l={l3}
m3 gate a vdd vdd pmos_3p3 w={w3} l={l3}
m5 tail vb 0 0 nmos_3p3 w={w5} l={l5}
mpass out gate vdd vdd pmos_3p3 w={wpass} l={lpass} m={mpass}
rfb gate x {rfb}
cfb x out {cfb}
cl out 0 {cl}
vprobe fb out 0
iload out 0 ${LIGHT}
`,
  options: { reltol: 1e-6 },
  // A third of the iterations of any closer guess: with a and tail given too, Newton's method fails at every other sizing.
  nodeset: { gate: 1, out: REFERENCE, fb: REFERENCE },
  analyses: [
    // Cheap refusals first.
    { id: 'light', kind: 'op', save: ['v(out)', '@m5[id]'], guards: [regulated('light')] },
    { id: 'full', kind: 'op', alter: { iload: FULL }, save: ['v(out)'], guards: [regulated('full')] },
    {
      id: 'loop-full',
      kind: 'ac',
      alter: { 'vprobe ac': 1 },
      pointsPerDecade: 10,
      start: 10,
      stop: 1e9,
      save: ['v(out)', 'v(fb)'],
    },
    {
      id: 'supply-full',
      kind: 'ac',
      alter: { 'vprobe ac': 0, 'vdd ac': 1 },
      pointsPerDecade: 10,
      start: 10,
      stop: 1e9,
      save: ['v(out)'],
    },
    { id: 'drop', kind: 'dc', source: 'vdd', start: LOWEST, stop: SUPPLY + 0.02, step: '20m', save: ['v(out)'] },
    // Little phase margin is left at light load, so resonances are sharp.
    { id: 'supply-light', kind: 'ac', alter: { iload: LIGHT }, pointsPerDecade: 15, start: 10, stop: 1e9, save: ['v(out)'] },
    {
      id: 'loop-light',
      kind: 'ac',
      alter: { 'vprobe ac': 1, 'vdd ac': 0 },
      pointsPerDecade: 10,
      start: 10,
      stop: 1e9,
      save: ['v(out)', 'v(fb)'],
    },
  ],
  measures: {
    dropout: { use: 'dropout', analysis: 'drop', output: 'v(out)', level: LOWEST },
    fullLow: { use: 'peak-gain', analysis: 'supply-full', output: 'v(out)', from: 10, to: 10e3 },
    fullMiddle: { use: 'peak-gain', analysis: 'supply-full', output: 'v(out)', from: 10e3, to: 1e6 },
    fullHigh: { use: 'peak-gain', analysis: 'supply-full', output: 'v(out)', from: 1e6, to: 1e9 },
    lightLow: { use: 'peak-gain', analysis: 'supply-light', output: 'v(out)', from: 10, to: 10e3 },
    lightMiddle: { use: 'peak-gain', analysis: 'supply-light', output: 'v(out)', from: 10e3, to: 1e6 },
    lightHigh: { use: 'peak-gain', analysis: 'supply-light', output: 'v(out)', from: 1e6, to: 1e9 },
    marginFull: { use: 'phase-margin', analysis: 'loop-full', ...LOOP },
    marginLight: { use: 'phase-margin', analysis: 'loop-light', ...LOOP },
    quiescentCurrent: { use: 'value', analysis: 'light', output: '@m5[id]' },
  },
  // A loop without phase left oscillates: what else was measured of it does not count.
  plausible: { marginFull: { minimum: 0 }, marginLight: { minimum: 0 } },
  episode: { steps: 30, startPerturbation: 0.1 },
  heldTargets: targets.held,
  references: [
    {
      work: 'PPAAS scripts (arXiv 2507.17003), SKY130 5 V devices',
      what: 'training steps, one agent for this circuit',
      figure: '12k',
    },
    {
      work: 'PPAAS (arXiv 2507.17003), SKY130 5 V devices',
      what: 'target ranges: dropout; rejection in three bands, full and light load; phase margin',
      figure: '250-350 mV; 20-25, 10-15, 0 dB and 10-20, 10-15, 10-20 dB; 60 deg',
    },
  ],
  timeLimitMilliseconds: 4000,
};
