import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CircuitDefinition, Simulator } from '../../engine/api';
import { checkCircuit } from '../../engine/circuit/check-circuit';
import { exportNetlist } from '../../engine/circuit/export-netlist';
import { integratedNoise } from '../../engine/circuit/measures/noise';
import { createInProcessSimulator } from '../../engine/circuit/simulators/in-process';
import { divider } from './divider';

const spec = divider.specs[0]!;
const statement = (text: string) => ({ use: 'meas', analysis: 'ac', statement: text });

/** A low-pass whose corner and noise are known on paper. */
const lowPass: CircuitDefinition = {
  ...divider,
  id: 'low-pass',
  netlist: 'v1 a 0 dc 0 ac 1\nr1 a out {r}\nc1 out 0 1n',
  parameters: [{ ...divider.parameters[0]!, initial: 1000 }],
  specs: ['corner', 'level', 'never', 'noise', 'density'].map((name) => ({ ...spec, name })),
  analyses: [
    { id: 'ac', kind: 'ac', pointsPerDecade: 50, start: 1, stop: 1e9, save: ['v(out)'] },
    { id: 'noise', kind: 'noise', output: 'v(out)', source: 'v1', pointsPerDecade: 20, start: 1, stop: 1e9, save: [] },
  ],
  measures: {
    corner: statement('when vdb(out)=-3.0103'),
    level: statement('find vdb(out) at=1'),
    never: statement('when vdb(out)=-3000'),
    noise: { use: 'noise', analysis: 'noise', output: 'onoise_spectrum', from: 1, to: 1e9 },
    density: { use: 'value', analysis: 'noise', output: 'inoise_spectrum', at: 1e3 },
  },
};

describe('a low-pass measured by statements and by its noise', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await createInProcessSimulator(() => 0);
    simulator.register(lowPass);
  });

  it('has its corner, and the noise of a capacitor', async () => {
    const { measures, failure, failureDetail } = await simulator.evaluate({
      circuitId: lowPass.id,
      parameters: Float64Array.of(1000),
    });
    const [corner, level, never, noise, density] = measures as unknown as [number, number, number, number, number];
    expect(corner / (1 / (2 * Math.PI * 1000 * 1e-9))).toBeCloseTo(1, 3);
    expect(level).toBeCloseTo(0, 4);
    expect(never).toBeNaN();
    expect([failure, failureDetail]).toEqual(['missing-measure', 'never could not be measured']);
    const kT = 1.380649e-23 * 300.15;
    // All of it but what lies above 1 GHz.
    expect(noise / Math.sqrt(kT / 1e-9)).toBeCloseTo(1, 3);
    expect(density / Math.sqrt(4 * kT * 1000)).toBeCloseTo(1, 4);
  });

  it('says nothing of the run before where a statement finds nothing', async () => {
    const parameters = Float64Array.of(1000);
    const first = await simulator.evaluate({ circuitId: lowPass.id, parameters });
    simulator.register({ ...lowPass, measures: { ...lowPass.measures, corner: statement('when vdb(out)=-9999') } });
    const second = await simulator.evaluate({ circuitId: lowPass.id, parameters });
    expect(first.measures[0]).toBeGreaterThan(0);
    expect(second.measures[0]).toBeNaN();
  });

  it('takes its statements along into a netlist', async () => {
    const netlist = await exportNetlist(lowPass, [1000]);
    expect(netlist).toContain('meas ac corner when vdb(out)=-3.0103');
    expect(netlist).toContain('noise v(out) v1 dec 20 1 1000000000');
  });

  it('has stock ngspice print the noise', async ({ skip }) => {
    const file = join(mkdtempSync(join(tmpdir(), 'ohmba-noise-')), 'low-pass.cir');
    writeFileSync(file, await exportNetlist(lowPass, [1000]));
    const { stdout, stderr, error } = spawnSync('ngspice', ['-b', file], { encoding: 'utf8' });
    rmSync(dirname(file), { recursive: true });
    if (error) return skip('no ngspice on this machine');
    expect(stderr).not.toMatch(/no data saved|no such/);
    const { measures } = await simulator.evaluate({ circuitId: lowPass.id, parameters: Float64Array.of(1000) });
    expect(Number(/^noise\s*=\s*(\S+)/m.exec(stdout)?.[1]) / measures[3]!).toBeCloseTo(1, 2);
  });
});

it('a statement cannot become another command', () => {
  for (const text of ['find v(out) at=1; shell ls', 'find v(out) at=1\nshell ls', 'find v(out) at=1 > /etc/passwd'])
    expect(() => checkCircuit({ ...lowPass, measures: { ...lowPass.measures, corner: statement(text) } })).toThrow(
      /the measure "corner" has/,
    );
});

it('integrates densities that are powers of the frequency exactly', () => {
  const axis = Float64Array.of(1, 10, 100, 1000);
  const flicker = { kind: 'noise', axis, real: { n: axis.map((f) => 3 / Math.sqrt(f)) }, imaginary: {} } as const;
  expect(integratedNoise(flicker, 'n', 1, 1000)).toBeCloseTo(3 * Math.sqrt(Math.log(1000)), 10);
  expect(integratedNoise(flicker, 'n', 5, 50)).toBeCloseTo(3 * Math.sqrt(Math.log(10)), 10);
  expect(integratedNoise(flicker, 'n', 0.5, 50)).toBeNaN();
});
