import { describe, expect, it } from 'vitest';
import type { CircuitDefinition, Simulator } from '../../engine/api';
import { createNativeSimulator } from '../../engine/circuit/ngspice-process.node';
import { createInProcessSimulator } from '../../engine/circuit/simulators/in-process';
import { divider } from './divider';

const noise = (id: string) =>
  ({ id, kind: 'noise', output: 'v(out)', source: 'vin', pointsPerDecade: 10, start: 10, stop: '1meg', save: [] }) as const;

/** One transistor whose operating point is guarded, and two noise analyses, so that ngspice has several plots of noise. */
const amplifier: CircuitDefinition = {
  ...divider,
  id: 'noisy-amplifier',
  process: { ...divider.process, models: '.model nch nmos level=1 vto=0.7 kp=100u' },
  netlist: 'vdd vdd 0 {supply}\nvin in 0 dc 1 ac 1\nr1 vdd out {r}\nm1 out in 0 0 nch w=10u l=1u',
  parameters: [{ ...divider.parameters[0]!, initial: 1000 }],
  specs: ['input', 'output', 'again'].map((name) => ({ ...divider.specs[0]!, name })),
  plausible: {},
  analyses: [
    { id: 'op', kind: 'op', save: ['v(out)'], guards: [{ use: 'saturated', devices: ['m1'] }] },
    noise('first'),
    noise('second'),
    { id: 'last', kind: 'op', save: ['v(out)'] },
  ],
  measures: {
    input: { use: 'value', analysis: 'first', output: 'inoise_spectrum', at: 1e3 },
    output: { use: 'value', analysis: 'first', output: 'onoise_spectrum', at: 1e3 },
    again: { use: 'value', analysis: 'second', output: 'onoise_spectrum', at: 1e3 },
  },
};

const simulators: Readonly<Record<string, () => Promise<Simulator>>> = {
  wasm: () => createInProcessSimulator(() => 0),
  native: () => createNativeSimulator({ workers: 1 }),
};

describe.each(Object.entries(simulators))('noise beside guards of devices on %s', (_name, create) => {
  it('is measured, in one instance again and again', async ({ skip }) => {
    const simulator = await create().catch(() => null);
    if (!simulator) return skip('no ngspice on this machine');
    simulator.register(amplifier);
    for (let run = 0; run < 3; run++) {
      const { measures, valid, failureDetail } = await simulator.evaluate({
        circuitId: amplifier.id,
        parameters: Float64Array.of(1000),
      });
      expect([failureDetail, valid]).toEqual(['', true]);
      const [input, output, again] = measures as unknown as [number, number, number];
      // 300 uS into 1 kohm.
      expect(output / input).toBeCloseTo(0.3, 2);
      expect(again / output).toBeCloseTo(1, 9);
    }
    await simulator.dispose();
  });
});
