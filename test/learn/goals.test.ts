import { describe, expect, it } from 'vitest';
import { sampleGoals } from '../../engine/learn/goals';
import { createRandomState } from '../../engine/learn/sampling';
import { rewardOf, scoreOf, specTensors, violations, withMargin } from '../../engine/learn/score';
import { packBatch } from '../../engine/model/packed-batch';
import { compile, Graph, ReferenceExecutor } from '../../engine/tensor';
import { toyAgentCircuit, toyRandom } from './fixtures';

const SEQUENCES = 40;
const SPECS = 3;
const MARGIN = 0.005;

/** What a batch of transitions is worth whose goals were drawn in these shares. */
async function drawn(shares: { readonly fromRange: number; readonly inHindsight: number }) {
  const circuit = toyAgentCircuit(0, 2, SPECS);
  const batch = packBatch([{ parameters: 2, specs: SPECS, features: new Float32Array(0) }], [SEQUENCES]);
  const random = createRandomState(7);
  const g = new Graph('goals');
  const specs = specTensors(g, [circuit], batch);
  const reached = g.input('reached', batch.specRows, 1);
  const goal = sampleGoals(g, batch, specs, reached, random.variable, { ...shares, margin: MARGIN });
  const score = scoreOf(g, batch, violations(specs, reached, goal), 40);
  g.output('goal', goal);
  g.output('benchmark', withMargin(specs, specs.benchmark, MARGIN));
  g.output('met', score.met);
  g.output('reward', rewardOf(score, g.scalar(1)));
  const executor = new ReferenceExecutor();
  executor.allocate(random.group);
  const program = executor.prepare(compile(g));
  const source = toyRandom(3);
  program.write(
    'reached',
    Float32Array.from({ length: batch.specRows }, () => source.normal()),
  );
  program.run();
  const read = async (name: string) => [...(await program.read(name))];
  return { goal: await read('goal'), benchmark: await read('benchmark'), met: await read('met'), reward: await read('reward') };
}

describe('goals of a training batch', () => {
  it('in hindsight are met by what was reached, whatever the margin', async () => {
    const { met, reward } = await drawn({ fromRange: 0.3, inHindsight: 1 });
    expect(new Set(met)).toEqual(new Set([1]));
    expect(new Set(reward)).toEqual(new Set([1]));
  });

  it('are otherwise the benchmark target or one of the range, each moved by the margin', async () => {
    const { goal, benchmark } = await drawn({ fromRange: 0, inHindsight: 0 });
    expect(goal).toEqual(benchmark);
    const ranged = await drawn({ fromRange: 1, inHindsight: 0 });
    expect(new Set(ranged.goal.filter((_, i) => i % SPECS === 0)).size).toBe(SEQUENCES);
  });

  it('come in the shares that were asked for', async () => {
    const { met } = await drawn({ fromRange: 0, inHindsight: 0.5 });
    const share = met.reduce((sum, one) => sum + one, 0) / SEQUENCES;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.75);
  });
});
