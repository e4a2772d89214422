import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '../../engine/api';
import { median, RandomStream } from '../../engine/base';
import turbo from '../../plugins/agents/turbo';
import { firstKernel, fitKernel, posteriorAt } from '../../plugins/agents/turbo/gaussian-process';
import { createTrustRegion } from '../../plugins/agents/turbo/trust-region';
import { startRun } from './run';

const D = 6;
/** A bowl of condition 100 with its bottom off the centre. */
const bowl = (x: ArrayLike<number>) =>
  -Array.from(x).reduce((sum, value, i) => sum + 10 ** ((2 * i) / (D - 1)) * (value - 0.3 - 0.08 * i) ** 2, 0);

function bestAfter(evaluations: number, seed: number): number {
  const random = new RandomStream(seed);
  const region = createTrustRegion({
    start: new Float64Array(D).fill(0.9),
    initialPerParameter: 2,
    candidates: 128,
    mostPoints: 256,
    random,
  });
  let best = Number.NEGATIVE_INFINITY;
  for (let done = 0; done < evaluations; done += 4) {
    const batch = region.ask(4).map((x) => ({ x, value: bowl(x) }));
    expect(batch.every(({ x }) => x.every((value) => value >= 0 && value <= 1))).toBe(true);
    region.tell(batch);
    best = Math.max(best, ...batch.map(({ value }) => value));
  }
  return best;
}

describe('TuRBO', () => {
  it('comes far nearer to the bottom of a bowl than random search does', () => {
    const random = new RandomStream(9);
    const blind = Array.from({ length: 2000 }, () => bowl(Float64Array.from({ length: D }, () => random.uniform())));
    const found = [1, 2, 3].map((seed) => bestAfter(100, seed));
    expect(Math.max(...blind)).toBeLessThan(-0.2);
    expect(median(found)).toBeGreaterThan(-0.02);
  });

  it('finds which parameters matter, and believes what it saw', () => {
    const random = new RandomStream(1);
    const points = Array.from({ length: 40 }, () => Float64Array.from({ length: 3 }, () => random.uniform()));
    const values = Float64Array.from(points, ([a]) => Math.sin(6 * a!));
    const kernel = fitKernel(points, values, firstKernel(3), 60);
    const [a, b, c] = kernel.logs;
    expect(a!).toBeLessThan(Math.min(b!, c!) - 1);
    const drawn = posteriorAt(points, values, points.slice(0, 10), kernel)!.draw(() => random.normal());
    for (const [i, value] of drawn.entries()) expect(value).toBeCloseTo(values[i]!, 1);
  });

  it('starts again where the region has shrunk away', () => {
    const random = new RandomStream(2);
    const region = createTrustRegion({ start: [0.5, 0.5], initialPerParameter: 2, candidates: 32, mostPoints: 64, random });
    for (let i = 0; i < 60 && region.restarts === 0; i++) region.tell(region.ask(2).map((x) => ({ x, value: 0 })));
    expect(region.restarts).toBe(1);
    expect(region.length).toBe(0.8);
  });

  it('sizes a circuit, and the same seed gives the same run', async () => {
    let definition: AgentDefinition | null = null;
    turbo.build({ addAgent: (agent: unknown) => (definition = agent as AgentDefinition) } as never);
    const runs = [1, 2].map(() => startRun({ agent: definition!, configuration: { budget: 200, seed: 3 } }).engine.finished);
    const [first, second] = await Promise.all(runs);
    expect(first!.reason).toBe('met');
    expect(second!.hash).toBe(first!.hash);
  });
});
