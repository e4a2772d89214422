import { beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../engine/api';
import { checkTargets, createInProcessSimulator, type TargetsReport } from '../../engine/circuit';
import { randomSizings } from '../../engine/circuit/sampling';
import { twoStageOpamp as circuit } from '../../plugins/circuits/two-stage-opamp/definition';
import { fineReference } from '../../plugins/circuits/two-stage-opamp/fine-reference';
import targets from '../../plugins/circuits/two-stage-opamp/targets.json';

const start = Float64Array.from(circuit.parameters, ({ initial }) => initial);
const evaluate = (simulator: Simulator, parameters: Float64Array, circuitId = circuit.id) =>
  simulator.evaluate({ circuitId, parameters });

describe('two-stage-opamp', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await createInProcessSimulator(() => 0);
    simulator.register(circuit);
    simulator.register(fineReference);
  });

  it('measures the published start as others did', async () => {
    const { measures, valid } = await evaluate(simulator, start);
    expect(valid).toBe(true);
    const [gain, swing, unityGainFrequency, phaseMargin, current] = measures;
    expect(gain).toBeCloseTo(482, -1);
    expect(swing).toBeCloseTo(0.92, 2);
    expect(unityGainFrequency! / 1e6).toBeCloseTo(24.7, 0);
    expect(Math.abs(phaseMargin! - 29.8)).toBeLessThan(0.2);
    expect(current! * 1e3).toBeCloseTo(0.286, 3);
  });

  it('gives with pruned models what whole models give, to the last digit', async () => {
    const whole = await createInProcessSimulator(() => 0, 'whole');
    whole.register(circuit);
    for (const parameters of [start, ...randomSizings(circuit, { count: 5, seed: 4, mapping: 'linear' })]) {
      const [a, b] = [await evaluate(simulator, parameters), await evaluate(whole, parameters)];
      expect([...a.measures]).toEqual([...b.measures]);
      expect(a.failure).toBe(b.failure);
    }
  });

  it('depends on the sizing alone, not on what was simulated before', async () => {
    const sizings = randomSizings(circuit, { count: 6, seed: 2, mapping: 'linear' });
    const forwards: number[][] = [];
    for (const sizing of sizings) forwards.push([...(await evaluate(simulator, sizing)).measures]);
    const backwards: number[][] = [];
    for (const sizing of [...sizings].reverse()) backwards.unshift([...(await evaluate(simulator, sizing)).measures]);
    expect(backwards).toEqual(forwards);
  });

  it('is within 2 % of a fine reference', async () => {
    let compared = 0;
    for (const parameters of randomSizings(circuit, { count: 24, seed: 3, mapping: 'linear' })) {
      const [fast, fine] = [await evaluate(simulator, parameters), await evaluate(simulator, parameters, fineReference.id)];
      expect(fast.valid).toBe(fine.valid);
      if (!fast.valid) continue;
      compared++;
      for (const [i, { name }] of circuit.specs.entries()) {
        const off = Math.abs(fast.measures[i]! - fine.measures[i]!) / Math.max(1e-12, Math.abs(fine.measures[i]!));
        expect(off, `${name} of ${[...parameters].join(' ')}`).toBeLessThan(0.02);
      }
    }
    expect(compared).toBeGreaterThan(2);
  });

  it('has targets that their witnesses meet', async () => {
    const report = { ...targets, held: targets.held.filter((_, i) => i % 8 === 0) } as unknown as TargetsReport;
    expect(targets.benchmark.metBySamples).toBe(0);
    expect(targets.benchmark.target).toEqual(circuit.specs.map(({ target }) => target));
    expect(await checkTargets(circuit, simulator, report)).toEqual([]);
  });
});
