import { describe, expect, it } from 'vitest';
import type { AgentCircuit } from '../../engine/api';
import { fromZ, toZ } from '../../engine/api';
import { score } from '../../engine/circuit';
import { normaliseTarget } from '../../engine/learn/normalise-target';
import { rewardOf, scoreOf, specTensors, violations, withMargin, worthOf } from '../../engine/learn/score';
import { worthOfPoint } from '../../engine/learn/worth';
import { packBatch } from '../../engine/model/packed-batch';
import { compile, Graph, ReferenceExecutor } from '../../engine/tensor';
import { toyAgentCircuit, toyRandom } from './fixtures';

/** Normalised measures within the clip, and targets, at random. */
function draw(circuit: AgentCircuit, random: { uniform(): number }) {
  const z = circuit.info.specs.map(() => 4 * random.uniform() - 2);
  const goal = circuit.info.specs.map(() => 2 * random.uniform() - 1);
  return { z, goal };
}

describe('rewards inside a graph', () => {
  it('are those of engine/circuit, for circuits of different size in one batch', async () => {
    const circuits = [toyAgentCircuit(0, 3, 4), toyAgentCircuit(1, 5, 3)];
    const tokens = circuits.map(({ info }) => ({
      parameters: info.parameters.length,
      specs: info.specs.length,
      features: new Float32Array(0),
    }));
    const batch = packBatch(tokens, [20, 20]);
    const random = toyRandom(3);
    const drawn = [...batch.circuitOfSequence].map((c) => draw(circuits[c]!, random));
    const valid = drawn.map((_, i) => (i % 7 === 3 ? 0 : 1));

    const g = new Graph('score');
    const specs = specTensors(g, circuits, batch);
    const violation = violations(specs, g.input('z', batch.specRows, 1), g.input('goal', batch.specRows, 1));
    g.output('violation', violation);
    g.output('reward', rewardOf(scoreOf(g, batch, violation, 40), g.input('valid', batch.sequences, 1)));
    const program = new ReferenceExecutor().prepare(compile(g));
    program.write('z', Float32Array.from(drawn.flatMap(({ z }) => z)));
    program.write('goal', Float32Array.from(drawn.flatMap(({ goal }) => goal)));
    program.write('valid', Float32Array.from(valid));
    program.run();
    const rewards = await program.read('reward');
    const found = await program.read('violation');

    drawn.forEach(({ z, goal }, i) => {
      const { specs: list } = circuits[batch.circuitOfSequence[i]!]!.info;
      const raw = (values: number[]) => list.map((spec, k) => fromZ(spec.transform, Math.fround(values[k]!)));
      const expected = score(list, raw(z), valid[i] === 1, raw(goal));
      expect(rewards[i]).toBeCloseTo(expected.reward, 4);
      if (valid[i] === 1)
        for (const k of list.keys()) expect(found[batch.specSegments[i]! + k]).toBeCloseTo(expected.distances[k]!, 4);
    });
  });

  it('worth is the same in a graph and outside, lies between mean and largest miss, and is above 0 where all is met', async () => {
    const circuit = toyAgentCircuit(0, 3, 4);
    const { specs } = circuit.info;
    const random = toyRandom(5);
    const count = 200;
    const batch = packBatch([{ parameters: 3, specs: 4, features: new Float32Array(0) }], [count]);
    const drawn = Array.from({ length: count }, () => draw(circuit, random));
    const g = new Graph('worth');
    const violation = violations(
      specTensors(g, [circuit], batch),
      g.input('z', batch.specRows, 1),
      g.input('goal', batch.specRows, 1),
    );
    g.output('worth', worthOf(scoreOf(g, batch, violation, 100), g.input('validity', count, 1)));
    const program = new ReferenceExecutor().prepare(compile(g));
    program.write('z', Float32Array.from(drawn.flatMap(({ z }) => z)));
    program.write('goal', Float32Array.from(drawn.flatMap(({ goal }) => goal)));
    program.write('validity', new Float32Array(count).fill(0.7));
    program.run();
    const inGraph = await program.read('worth');
    let metOnes = 0;
    for (const [i, { z, goal }] of drawn.entries()) {
      const point = Float64Array.from(z, Math.fround);
      const aim = Float32Array.from(goal);
      expect(inGraph[i]).toBeCloseTo(worthOfPoint(circuit, point, 0, 0.7, aim), 4);
      const { distances, met } = score(
        specs,
        specs.map((spec, k) => fromZ(spec.transform, point[k]!)),
        true,
        specs.map((spec, k) => fromZ(spec.transform, aim[k]!)),
      );
      const worth = worthOfPoint(circuit, point, 0, 1, aim);
      const misses = distances.map((distance) => Math.max(0, -distance));
      if (met) metOnes++;
      if (met) expect(worth).toBeGreaterThan(0);
      else {
        expect(worth).toBeGreaterThanOrEqual(-Math.max(...misses) - 1e-6);
        expect(worth - 0.5).toBeLessThanOrEqual(-misses.reduce((sum, miss) => sum + miss, 0) / misses.length + 1e-6);
      }
      expect(worthOfPoint(circuit, point, 0, 0, aim)).toBe(-1);
    }
    expect(metOnes).toBeGreaterThan(0);
  });

  it('a margin asks for the stated share more, in the graph and outside it alike', async () => {
    const circuit = toyAgentCircuit(0, 2, 3);
    const batch = packBatch([{ parameters: 2, specs: 3, features: new Float32Array(0) }], [1]);
    const target = Float64Array.from(circuit.info.specs, (spec) => spec.target);
    const g = new Graph('margin');
    const specs = specTensors(g, [circuit], batch);
    g.output('goal', withMargin(specs, specs.benchmark, 0.02));
    const program = new ReferenceExecutor().prepare(compile(g));
    program.run();
    const inGraph = await program.read('goal');
    const outside = normaliseTarget(circuit, target, 0.02);
    circuit.info.specs.forEach((spec, k) => {
      expect(inGraph[k]).toBeCloseTo(outside[k]!, 5);
      const asked = fromZ(spec.transform, outside[k]!);
      const { distances } = score([spec], [asked], true, [target[k]!]);
      expect(distances[0]).toBeCloseTo(0.02, 2);
    });
    expect(toZ(circuit.info.specs[0]!.transform, target[0]!)).not.toBe(outside[0]);
  });
});
