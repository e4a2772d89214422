import { describe, expect, it } from 'vitest';
import { RandomStream, type Situation } from '../../engine/api';
import { attributeActions } from '../../engine/learn/attribution';
import { createLearningState, type LearningState } from '../../engine/learn/networks';
import { normaliseTarget } from '../../engine/learn/normalise-target';
import { specTensors, violations } from '../../engine/learn/score';
import { actorInputs, runPolicy } from '../../engine/model/actor-critic';
import { packBatch } from '../../engine/model/packed-batch';
import { compile, type Executor, Graph, ReferenceExecutor } from '../../engine/tensor';
import { toyAgentCircuit } from './fixtures';
import { toyHyper } from './toy-run';

const hyper = { ...toyHyper, width: 8, state: 2, realCapacity: 8, syntheticCapacity: 8 };
const circuits = [toyAgentCircuit(0, 2, 2), toyAgentCircuit(1, 3, 2)];
const circuit = circuits[1]!;
const [p, s] = [3, 2];
const situation: Situation = {
  slot: 0,
  circuit: circuit.info,
  step: 0,
  u: Float32Array.of(0.2, 0.55, 0.9),
  z: Float32Array.of(0.4, -0.3),
  valid: true,
  target: circuit.benchmark,
};

async function explain(executor: Executor) {
  const state = createLearningState(circuits, hyper, new RandomStream(3), 3);
  for (const group of state.groups) executor.allocate(group);
  const explained = () => attributeActions(executor, state, circuit, situation, hyper.margin);
  // Two at once do not meet.
  const [{ shares }, again] = await Promise.all([explained(), explained()]);
  expect(again.shares).toEqual(shares);
  return { state, shares };
}

/** The same by differences: what the actions do when all that one token is told grows and shrinks a little. */
async function differences(executor: Executor, state: LearningState): Promise<number[]> {
  const batch = packBatch(state.circuits, [0, 1]);
  const first = new Graph('features');
  const specs = specTensors(first, state.formulas, batch);
  const [u, z, goal] = [first.input('u', p, 1), first.input('z', s, 1), first.input('goal', s, 1)];
  const valid = first.constant([1], 1, 1);
  const { parameter, spec } = actorInputs({ u, z, goal, violation: violations(specs, z, goal), valid });
  first.output('parameter', parameter);
  first.output('spec', spec);
  const told = executor.prepare(compile(first));
  told.write('u', situation.u);
  told.write('z', situation.z);
  told.write('goal', normaliseTarget(circuit, situation.target, hyper.margin));
  told.run();
  const features = { parameter: await told.read('parameter'), spec: await told.read('spec') };

  const second = new Graph('policy');
  const inputs = {
    parameter: second.input('parameter', p, parameter.columns),
    spec: second.input('spec', s, spec.columns),
    circuit: second.constant([1], 1, 1),
  };
  second.output('mean', runPolicy(second, state.actor, batch, inputs).mean);
  const policy = executor.prepare(compile(second));
  const meanWith = async (kind: 'parameter' | 'spec', token: number, factor: number) => {
    for (const name of ['parameter', 'spec'] as const) {
      const width = features[name].length / (name === 'parameter' ? p : s);
      policy.write(
        name,
        features[name].map((value, i) => (name === kind && Math.floor(i / width) === token ? value * factor : value)),
      );
    }
    policy.run();
    return policy.read('mean');
  };
  const moved: Float32Array[] = [];
  for (const kind of ['parameter', 'spec'] as const) {
    for (let token = 0; token < (kind === 'parameter' ? p : s); token++) {
      const [more, less] = [await meanWith(kind, token, 1.02), await meanWith(kind, token, 0.98)];
      moved.push(more.map((value, i) => value - less[i]!));
    }
  }
  return Array.from({ length: p }, (_, i) => {
    const row = moved.map((token) => token[i]!);
    const size = row.reduce((sum, value) => sum + Math.abs(value), 0);
    return row.map((value) => value / size);
  }).flat();
}

describe('what moves an action', () => {
  it('is what small changes of a token do to the policy', async () => {
    const executor = new ReferenceExecutor();
    const { state, shares } = await explain(executor);
    const expected = await differences(executor, state);
    expect(shares.length).toBe(expected.length);
    for (const [i, share] of expected.entries()) expect(shares[i]).toBeCloseTo(share, 2);
    expect(expected.some((share) => share < -0.01)).toBe(true);
  });
});
