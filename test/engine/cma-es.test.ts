import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '../../engine/api';
import { median, RandomStream } from '../../engine/base';
import cmaEs from '../../plugins/agents/cma-es';
import { symmetricEigen } from '../../plugins/agents/cma-es/eigen';
import { createCmaEs } from '../../plugins/agents/cma-es/strategy';
import { testCircuit } from './fixtures';
import { startRun } from './run';

/** Evaluations until the cost falls below `goal`, from `start`. */
function evaluationsTo(
  goal: number,
  cost: (x: ArrayLike<number>) => number,
  start: readonly number[],
  sigma: number,
  seed: number,
): number {
  const search = createCmaEs({ start, sigma, population: 0, random: new RandomStream(seed) });
  for (let evaluations = 0; evaluations < 20_000; ) {
    const candidates = Array.from({ length: search.population }, () => search.sample()).map((x) => ({ x, cost: cost(x) }));
    evaluations += candidates.length;
    if (Math.min(...candidates.map((candidate) => candidate.cost)) < goal) return evaluations;
    search.update(candidates);
  }
  return Number.POSITIVE_INFINITY;
}

const sphere = (x: ArrayLike<number>) => Array.from(x).reduce((sum, value) => sum + value * value, 0);
const ellipsoid = (x: ArrayLike<number>) =>
  Array.from(x).reduce((sum, value, i) => sum + 10 ** ((6 * i) / (x.length - 1)) * value * value, 0);
const rosenbrock = (x: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += 100 * (x[i]! ** 2 - x[i + 1]!) ** 2 + (x[i]! - 1) ** 2;
  return sum;
};
const ones = (n: number, value = 1) => Array.from({ length: n }, () => value);

describe('CMA-ES', () => {
  // Bounds: about twice what the strategy is known to need at this size.
  it.each([
    ['the sphere', sphere, ones(8), 0.5, 2500],
    ['the ellipsoid of condition 1e6', ellipsoid, ones(8), 0.5, 9000],
    ['Rosenbrock', rosenbrock, ones(8, 0), 0.1, 9000],
  ] as const)('finds the minimum of %s to 1e-10', (_, cost, start, sigma, bound) => {
    const needed = [1, 2, 3, 4, 5].map((seed) => evaluationsTo(1e-10, cost, start, sigma, seed));
    expect(median(needed)).toBeLessThan(bound);
    expect(median(needed)).toBeGreaterThan(bound / 8);
  });

  it('decomposes symmetric matrices', () => {
    const random = new RandomStream(1);
    for (const n of [1, 2, 5, 13]) {
      const a = new Float64Array(n * n);
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.normal();
      const { values, vectors } = symmetricEigen(a, n);
      for (let k = 0; k < n; k++) {
        for (let i = 0; i < n; i++) {
          let product = 0;
          for (let j = 0; j < n; j++) product += a[i * n + j]! * vectors[j * n + k]!;
          expect(product).toBeCloseTo(values[k]! * vectors[i * n + k]!, 10);
        }
      }
    }
  });

  it('sizes a circuit through the engine, one generation at a time, without episodes', async () => {
    let agent: AgentDefinition | null = null;
    cmaEs.build({ addAgent: (definition: unknown) => (agent = definition as AgentDefinition) } as never);
    const narrow = testCircuit();
    const circuit = { ...narrow, specs: narrow.specs.map((spec) => ({ ...spec, target: spec.name === 'gain' ? 400 : 5 })) };
    const { engine, recorded } = startRun({
      agent: agent!,
      circuits: [circuit],
      configuration: { environments: 16, budget: 300 },
    });
    const { reason, snapshot } = await engine.finished;
    expect(reason).toBe('met');
    const records = recorded;
    expect(records.filter(({ origin }) => origin === 'reset').length).toBe(1);
    // Population of 6 in two dimensions: never more in a tick.
    const perTick = new Map<number, number>();
    for (const { tick } of records.slice(1)) perTick.set(tick, (perTick.get(tick) ?? 0) + 1);
    expect(Math.max(...perTick.values())).toBe(6);
    expect(snapshot.progress[0]!.training).toBe(records.length);
  });
});
