import { beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../engine/api';
import { checkTargets, createInProcessSimulator, type TargetsReport } from '../../engine/circuit';
import { randomSizings } from '../../engine/circuit/sampling';
import { strongarmComparator as circuit } from '../../plugins/circuits/strongarm-comparator/definition';
import { fineReference } from '../../plugins/circuits/strongarm-comparator/fine-reference';
import targets from '../../plugins/circuits/strongarm-comparator/targets.json';

const start = Float64Array.from(circuit.parameters, ({ initial }) => initial);

describe('strongarm-comparator', () => {
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
    expect(measures[0]! * 1e12).toBeCloseTo(247, -1);
    expect(measures[1]! * 1e12).toBeCloseTo(2.16, 1);
  });

  it.each([
    // A latch of 100 um on a tail of 0.5 um has not decided when the clock falls.
    ['no full decision', { wn1: 0.5e-6, wn2: 0.5e-6, wn3: 100e-6, wp1: 100e-6 }],
    // A precharge of 0.5 um cannot lift outputs that are loaded by latches of 30 um.
    ['precharged', { wp2: 0.5e-6 }],
  ])('refuses what has %s, however thrifty', async (reason, changes: Record<string, number>) => {
    const sizing = Float64Array.from(circuit.parameters, ({ name, initial }) => changes[name] ?? initial);
    const { valid, failure, failureDetail } = await evaluate(sizing);
    expect({ valid, failure }).toEqual({ valid: false, failure: 'invalid-operating-point' });
    expect(failureDetail).toContain(reason);
  });

  it('does not simulate on once a decision is missed, and steps as ever where none is', async () => {
    const cycles = async (parameters: Float64Array, circuitId: string) =>
      (await simulator.evaluate({ circuitId, parameters, detail: true })).curves!.cycles!;
    const undecided = Float64Array.from(circuit.parameters, ({ name, initial }) => (name === 'wn1' ? 0.5e-6 : initial));
    const [analysis] = circuit.analyses;
    const unguarded = { ...circuit, id: 'unguarded', analyses: [{ ...analysis!, guards: [] }] };
    simulator.register(unguarded);
    expect((await cycles(undecided, circuit.id)).axis.at(-1)).toBeLessThan(2.3e-9);
    expect((await cycles(undecided, unguarded.id)).axis.at(-1)).toBeCloseTo(8.2e-9, 12);
    expect(await cycles(start, circuit.id)).toEqual(await cycles(start, unguarded.id));
  });

  it('is within 2 % of a fine reference', async () => {
    const witness = Float64Array.from(targets.benchmark.feasible.parameters);
    for (const parameters of [start, witness, ...randomSizings(circuit, { count: 2, seed: 3, mapping: 'linear' })]) {
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
