import { describe, expect, it } from 'vitest';
import { cachedSimulator } from '../../engine/circuit/simulators/cache';
import { fakeSimulator, testCircuit } from '../engine/fixtures';

const sizing = (a: number, b = 0.1) => Float64Array.of(a, b);

describe('a simulator that remembers', () => {
  it('answers what it knows without a simulation, and counts that', async () => {
    const fake = fakeSimulator();
    const simulator = cachedSimulator(fake);
    simulator.register(testCircuit());
    const ask = (a: number) => simulator.evaluate({ circuitId: 'test-circuit', parameters: sizing(a) });
    const first = await ask(2);
    first.measures.fill(0);
    const again = await ask(2);
    expect([...again.measures]).toEqual([20, 2]);
    expect(again.milliseconds).toBe(0);
    await ask(3);
    expect(fake.asked.length).toBe(2);
    expect(simulator.statistics()).toMatchObject({ evaluations: 2, cacheHits: 1 });
  });

  it('knows a circuit by its content: another declaration under the same id is another circuit', async () => {
    const fake = fakeSimulator();
    const simulator = cachedSimulator(fake);
    const ask = () => simulator.evaluate({ circuitId: 'test-circuit', parameters: sizing(2) });
    simulator.register(testCircuit());
    await ask();
    simulator.register(testCircuit('test-circuit', { process: { library: 'none', supply: 2, temperature: 27 } }));
    await ask();
    simulator.register(testCircuit('test-circuit', { measures: { gain: () => 2, power: () => 1 } }));
    await ask();
    expect(fake.asked.length).toBe(3);
    simulator.register(testCircuit());
    await ask();
    expect(fake.asked.length).toBe(3);
  });

  it('keeps so many and no more, the longest unused going first', async () => {
    const fake = fakeSimulator();
    const simulator = cachedSimulator(fake, 3);
    simulator.register(testCircuit());
    for (const a of [1, 2, 3, 1, 4, 1, 2]) await simulator.evaluate({ circuitId: 'test-circuit', parameters: sizing(a) });
    expect(fake.asked.map(([a]) => a)).toEqual([1, 2, 3, 4, 2]);
  });

  it('asks again where a machine failed, and where waveforms are wanted', async () => {
    const fake = fakeSimulator({ answer: (_, call) => (call === 1 ? { valid: false, failure: 'time-out' } : {}) });
    const simulator = cachedSimulator(fake);
    simulator.register(testCircuit());
    const ask = (detail: boolean) => simulator.evaluate({ circuitId: 'test-circuit', parameters: sizing(2), detail });
    expect((await ask(false)).failure).toBe('time-out');
    expect((await ask(false)).failure).toBeNull();
    await ask(true);
    expect(fake.asked.length).toBe(3);
  });
});
