import { beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../engine/api';
import { checkTargets, createInProcessSimulator, type TargetsReport } from '../../engine/circuit';
import { cascodeMillerOpamp as circuit } from '../../plugins/circuits/cascode-miller-opamp/definition';
import { fineReference } from '../../plugins/circuits/cascode-miller-opamp/fine-reference';
import targets from '../../plugins/circuits/cascode-miller-opamp/targets.json';

const start = Float64Array.from(circuit.parameters, ({ initial }) => initial);

describe('cascode-miller-opamp', () => {
  let simulator: Simulator;
  const evaluate = (parameters: Float64Array, circuitId = circuit.id) => simulator.evaluate({ circuitId, parameters });
  beforeAll(async () => {
    simulator = await createInProcessSimulator(() => 0);
    simulator.register(circuit);
    simulator.register(fineReference);
  });

  it('measures the published start as others did', async () => {
    const { measures, valid } = await evaluate(start);
    expect(valid).toBe(true);
    const [gain, , unityGainFrequency, phaseMargin, current] = measures;
    expect(gain! / 16_900).toBeCloseTo(1, 1);
    expect(unityGainFrequency! / 1e6).toBeCloseTo(9.6, 1);
    expect(Math.abs(phaseMargin! - 42.8)).toBeLessThan(0.2);
    expect(current! * 1e3).toBeCloseTo(0.602, 3);
  });

  it.each([
    // A mirror load that turns far more than the sinks take: the output is off by more than any input can mend.
    ['the offset is more than 50 mV', { wp11: 0.5e-6, wn21: 100e-6, wp10: 0.5e-6 }],
    // A feed-forward device that is far too wide pulls s1 up until the mirror output leaves saturation.
    ['is not saturated', { wn13: 0.5e-6, wp6: 0.5e-6 }],
  ])('refuses an amplifier: %s', async (reason, changes: Record<string, number>) => {
    const sizing = Float64Array.from(circuit.parameters, ({ name, initial }) => changes[name] ?? initial);
    const { valid, failure, failureDetail } = await evaluate(sizing);
    expect({ valid, failure }).toEqual({ valid: false, failure: 'invalid-operating-point' });
    expect(failureDetail).toContain(reason);
  });

  it('is within 2 % of a fine reference', async () => {
    const held = [0, 20].map((i) => Float64Array.from(targets.held[i]!.witness.parameters));
    for (const parameters of [start, Float64Array.from(targets.benchmark.feasible.parameters), ...held]) {
      const [fast, fine] = [await evaluate(parameters), await evaluate(parameters, fineReference.id)];
      expect(fast.valid).toBe(true);
      for (const [i, { name }] of circuit.specs.entries())
        expect(Math.abs(fast.measures[i]! / fine.measures[i]! - 1), `${name} of ${[...parameters].join(' ')}`).toBeLessThan(0.02);
    }
  });

  it('has targets that their witnesses meet', async () => {
    const report = { ...targets, held: targets.held.filter((_, i) => i % 8 === 0) } as unknown as TargetsReport;
    expect(targets.benchmark.metBySamples).toBe(0);
    expect(targets.benchmark.target).toEqual(circuit.specs.map(({ target }) => target));
    expect(await checkTargets(circuit, simulator, report)).toEqual([]);
  });
});
