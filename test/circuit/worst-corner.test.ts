import { describe, expect, it } from 'vitest';
import type { CircuitDefinition } from '../../engine/api';
import { worstCornerSimulator } from '../../engine/circuit/simulators/worst-corner';
import { fakeSimulator, steppingAgent, testCircuit } from '../engine/fixtures';
import { startRun } from '../engine/run';

const circuit: CircuitDefinition = testCircuit('test-circuit', {
  corners: [{ temperature: 125 }, { supply: 0.9, temperature: -40 }],
});

/** Knows which variant is asked for by its id: hot loses gain, cold draws more, `breaks` fails there. */
function cornered(breaks = '') {
  const fake = fakeSimulator();
  const asked: string[] = [];
  const simulator = worstCornerSimulator({
    ...fake,
    async evaluate(request) {
      asked.push(request.circuitId);
      const evaluation = await fake.evaluate(request);
      const [gain, power] = evaluation.measures as unknown as [number, number];
      const hot = request.circuitId.includes('125');
      const cold = request.circuitId.includes('-40');
      if (breaks !== '' && request.circuitId.includes(breaks))
        return { ...evaluation, valid: false, failure: 'invalid-operating-point', failureDetail: 'it rails' };
      return { ...evaluation, measures: Float64Array.of(hot ? 0.8 * gain : gain, cold ? 1.5 * power : power) };
    },
  });
  simulator.register(circuit);
  return { simulator, asked };
}

describe('a circuit that is sized for its worst corner', () => {
  const good = { circuitId: circuit.id, parameters: Float64Array.of(4, 0.02) };

  it('costs one simulation where the nominal result does not meet the target', async () => {
    const { simulator, asked } = cornered();
    const evaluation = await simulator.evaluate({ circuitId: circuit.id, parameters: Float64Array.of(1, 0.5) });
    expect([...evaluation.measures]).toEqual([2, 1]);
    expect(evaluation.calls).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('has the worst of each measure over all corners, and every call counted', async () => {
    const { simulator, asked } = cornered();
    const evaluation = await simulator.evaluate(good);
    expect([...evaluation.measures]).toEqual([160, 6]);
    expect(evaluation).toMatchObject({ valid: true, calls: 3, milliseconds: 3 });
    expect(asked).toHaveLength(3);
  });

  it('is invalid where a corner is, and says which', async () => {
    const { simulator } = cornered('125');
    expect(await simulator.evaluate(good)).toMatchObject({
      valid: false,
      failure: 'invalid-operating-point',
      failureDetail: 'at 1 V, 125 °C: it rails',
    });
  });

  it('is counted with all its calls in a run', async () => {
    const { simulator } = cornered();
    const { engine } = startRun({
      agent: steppingAgent([0, -1]),
      circuits: [circuit],
      simulator: { ...fakeSimulator(), ...simulator },
      configuration: { environments: 1, budget: 30, stopWhenMet: false, startPerturbation: 0 },
    });
    const { snapshot } = await engine.finished;
    const points = await engine.ask('points', { circuit: 0, since: 0 });
    const met = [...points.measures].filter((_, i) => i % 2 === 0).filter((gain) => gain >= 0.8 * 99).length;
    expect(met).toBeGreaterThan(0);
    expect(snapshot.simulations.training).toBe(points.count + 2 * met);
  });
});
