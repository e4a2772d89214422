import { beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../engine/api';
import { checkTargets, createInProcessSimulator, type TargetsReport } from '../../engine/circuit';
import { randomSizings } from '../../engine/circuit/sampling';
import { ldo as circuit } from '../../plugins/circuits/ldo/definition';
import { fineReference } from '../../plugins/circuits/ldo/fine-reference';
import targets from '../../plugins/circuits/ldo/targets.json';

const start = Float64Array.from(circuit.parameters, ({ initial }) => initial);

describe('ldo', () => {
  let simulator: Simulator;
  const evaluate = (parameters: Float64Array, circuitId = circuit.id) => simulator.evaluate({ circuitId, parameters });
  const changed = (changes: Record<string, number>) =>
    Float64Array.from(circuit.parameters, ({ name, initial }) => changes[name] ?? initial);
  beforeAll(async () => {
    simulator = await createInProcessSimulator(() => 0);
    simulator.register(circuit);
    simulator.register(fineReference);
  });

  it('regulates at its start, stable but not by much at light load', async () => {
    const { measures, valid } = await evaluate(start);
    expect(valid).toBe(true);
    const of = (name: string) => measures[circuit.specs.findIndex((spec) => spec.name === name)]!;
    expect(of('dropout')).toBeCloseTo(0.136, 2);
    expect(of('marginLight')).toBeCloseTo(14.6, 0);
    expect(of('quiescentCurrent') * 1e6).toBeCloseTo(12.8, 0);
  });

  it('needs less supply with a wider pass device', async () => {
    const [narrow, wide] = [await evaluate(start), await evaluate(changed({ mpass: 400 }))];
    expect(wide.measures[0]!).toBeLessThan(0.8 * narrow.measures[0]!);
  });

  it.each([
    // 10 mA through a millimetre of the longest device takes more than the supply has.
    ['not regulated at full load', { mpass: 100, wpass: 10e-6, lpass: 1e-6 }],
    // A strong amplifier cannot turn a pass device of this size off far enough for 10 µA.
    ['not regulated at light load', { mpass: 2000, wpass: 100e-6, vb: 1.1, w5: 50e-6 }],
  ])('refuses what is %s', async (reason, changes: Record<string, number>) => {
    const { valid, failureDetail } = await evaluate(changed(changes));
    expect(valid).toBe(false);
    expect(failureDetail).toContain(reason);
  });

  it('is within 2 % of a fine reference', async () => {
    let compared = 0;
    for (const parameters of [start, ...randomSizings(circuit, { count: 12, seed: 3, mapping: 'log' })]) {
      const fast = await evaluate(parameters);
      if (!fast.valid) continue;
      compared++;
      const fine = await evaluate(parameters, fineReference.id);
      for (const [i, { name }] of circuit.specs.entries())
        expect(Math.abs(fast.measures[i]! / fine.measures[i]! - 1), `${name} of ${[...parameters].join(' ')}`).toBeLessThan(0.02);
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
