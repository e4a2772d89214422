import { expect, test } from 'vitest';
import { addMambaWeights, mambaConfig, mambaStack, weightsOf } from '../../engine/model/mamba';
import {
  add,
  compile,
  concatColumns,
  type Executor,
  Graph,
  gatherRows,
  gradients,
  mean,
  ReferenceExecutor,
  segmentSum,
  square,
  sub,
  VariableGroup,
} from '../../engine/tensor';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { stream } from './support';

/** A training step with all that plans are made of: noise, two members, both directions, AdamW, a target, a counter. */
function trainingStep() {
  const random = stream(3);
  const members = 2;
  const config = mambaConfig(8, 4, 2, { directions: ['forward', 'backward'] });
  const segments = Int32Array.of(0, 3, 4, 9, 12, 13, 18);
  const net = new VariableGroup('net');
  addMambaWeights(net, '', config, members, random);
  const [m, v] = [net.like('m'), net.like('v')];
  const target = net.like('target', true);
  const counters = new VariableGroup('counters');
  const step = counters.add('step', 1, 1);
  const state = counters.add('random', 1, 4, (values) => values.set([1, 2, 0, 0]));
  const graph = new Graph('training');
  const x = graph.input('x', 18, 4);
  const noisy = concatColumns(x, graph.random('normal', 18, 4, state));
  const run = (group: VariableGroup) =>
    segmentSum(mambaStack(noisy, segments, config, members, weightsOf(graph, group)), segments);
  const goal = gatherRows(run(target), Int32Array.of(3, 4, 5, 0, 1, 2));
  const loss = mean(square(sub(run(net), goal)));
  graph.output('loss', loss);
  const slopes = gradients(
    loss,
    net.variables.map((variable) => graph.variable(variable)),
  );
  graph.assign(step, add(graph.variable(step), 1));
  graph.adamw({
    gradients: new Map(net.variables.map((variable, i) => [variable, slopes[i]!])),
    ...{ group: net, m, v, step: graph.variable(step), rate: graph.scalar(1e-3), maxNorm: 0.5, weightDecay: 0.01 },
  });
  graph.lerp(target, net, 0.25);
  graph.assign(state, add(graph.variable(state), graph.constant([0, 0, 1, 0], 1, 4)));
  return { graph, groups: [net, m, v, target, counters], x: Float32Array.from(random.values(72)) };
}

async function train(executor: Executor, fuse: boolean): Promise<Record<string, Float32Array>> {
  const { graph, groups, x } = trainingStep();
  for (const group of groups) executor.allocate(group);
  const program = executor.prepare(compile(graph, { fuse }));
  program.write('x', x);
  program.run(5);
  const results: Record<string, Float32Array> = { loss: await program.read('loss') };
  for (const { name } of groups) results[name] = await executor.read(name);
  executor.dispose();
  return results;
}

test('a training step gives the same on reference and wasm, fused or not', async () => {
  const expected = await train(new ReferenceExecutor(), false);
  const others = {
    'reference, fused': await train(new ReferenceExecutor(), true),
    'wasm, fused': await train(await createWasmExecutor({ threads: 2 }), true),
    'wasm, not fused': await train(await createWasmExecutor({ threads: 1 }), false),
  };
  expect(expected.loss![0]).toBeGreaterThan(0);
  for (const [who, found] of Object.entries(others))
    for (const [name, values] of Object.entries(expected)) {
      const scale = Math.max(...values.map(Math.abs));
      // Adam divides by small second moments, which amplifies rounding of m and v in the first steps.
      const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - found[name]![i]!)), 0);
      expect(worst / scale, `${name} on ${who}`).toBeLessThan(who.startsWith('reference') ? 1e-9 : 1e-4);
    }
});
