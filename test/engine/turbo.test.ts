import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '../../engine/api';
import { median, RandomStream } from '../../engine/base';
import turbo from '../../plugins/agents/turbo';
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
