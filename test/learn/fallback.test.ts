import { describe, expect, it } from 'vitest';
import { type Agent, type HyperParameters, RandomStream } from '../../engine/api';
import { createAgentWithFallback, type LostWork } from '../../engine/learn/agent-with-fallback';
import { add, compile, type Executor, type ExecutorFailure, Graph, VariableGroup } from '../../engine/tensor';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import { createWebgpuExecutor, openDevice } from '../../engine/tensor/webgpu';
import { nodeGpu } from '../../engine/tensor/webgpu/node-gpu.node';
import { hasDevice } from '../kernels/webgpu-device';
import { agentMaker, runToy, type ToyOptions, toyHyper } from './toy-run';

/** An agent that falls back to WASM, and what it said of it. */
function outliving(executor: Executor, hyper: HyperParameters = toyHyper) {
  const told: LostWork[] = [];
  const { acting, create } = agentMaker(hyper);
  const open: ToyOptions['open'] = (_, circuits) =>
    createAgentWithFallback({
      executor,
      circuits,
      create,
      replace: () => createWasmExecutor({ threads: 1 }),
      acting,
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      now: () => 0,
      onFallback: (lost) => told.push(lost),
    });
  return { told, open };
}

/**
 * WASM that breaks at the nth run of a plan. `throws`: at once, as where a device is lost. `late`: it does nothing from
 * then on and tells of it only at the next read, as where a pipeline has failed.
 */
async function breaking(plan: string, nth: number, how: 'throws' | 'late') {
  const inner = await createWasmExecutor({ threads: 1 });
  let failure: ExecutorFailure | null = null;
  let broken = false;
  let runs = 0;
  const check = () => {
    if (failure) throw new Error('used after it has failed');
  };
  const tell = () => {
    if (broken) failure = { kind: how === 'throws' ? 'lost' : 'error', message: 'made up' };
  };
  const executor: Executor = {
    kind: 'webgpu',
    description: 'made up',
    get failure() {
      return failure;
    },
    allocate(group) {
      check();
      inner.allocate(group);
    },
    release: (name) => inner.release(name),
    prepare(given) {
      check();
      const program = inner.prepare(given);
      return {
        plan: given,
        write(...values) {
          check();
          program.write(...values);
        },
        run(times) {
          check();
          if (given.name === plan && ++runs === nth) broken = true;
          if (broken && how === 'throws') {
            // The loss is told a little after the call that it spoils.
            setImmediate(tell);
            throw new Error('device lost');
          }
          if (!broken) program.run(times);
        },
        async read(output) {
          check();
          tell();
          return broken ? new Float32Array((await program.read(output)).length) : program.read(output);
        },
        dispose: () => program.dispose(),
      };
    },
    write(...values) {
      check();
      inner.write(...values);
    },
    async read(...values) {
      check();
      tell();
      return inner.read(...values);
    },
    dispose: () => inner.dispose(),
  };
  return executor;
}

it('a loss right after a copy loses nothing: the run is the same, bit for bit', async () => {
  const whole = await runToy(11);
  const { told, open } = outliving(await breaking('rollout', 1, 'throws'));
  const broken = await runToy(11, { open });
  expect(told).toEqual([{ failure: { kind: 'lost', message: 'made up' }, fitSteps: 0, updates: 0 }]);
  expect(broken.proposals).toBe(whole.proposals);
  expect(broken.hash).toBe(whole.hash);
  expect(broken.agent.metrics()).toEqual(whole.agent.metrics());
});

it.each([
  ['update', 4, 'throws'],
  ['update', 4, 'late'],
  ['predict-0', 2, 'late'],
  ['fit', 1, 'throws'],
] as const)('a loss in %s (run %i, %s): no simulation is lost, training goes on, it is told once', async (plan, nth, how) => {
  const whole = await runToy(11);
  const { told, open } = outliving(await breaking(plan, nth, how));
  const { agent, hash, proposals } = await runToy(11, { open });
  expect(told.length).toBe(1);
  const real = (of: typeof agent) =>
    of.describe!()
      .buffers.filter(({ kind }) => kind === 'real')
      .map(({ size }) => size);
  expect(real(agent)).toEqual(real(whole.agent));
  expect(agent.describe!().neuralSimulators[0]!.fitSteps).toBeGreaterThan(0);
  expect(Number.isFinite(agent.metrics()['agent/criticLoss'])).toBe(true);
  expect(hash).toMatch(/^\w+$/);
  // Nothing that was drawn is drawn again: no sizing comes twice.
  const sizings = proposals.split(/[\n;]/).filter((said) => said.includes(':random:'));
  const places = sizings.map((said) => said.slice(said.indexOf(':random:')));
  expect(new Set(places).size).toBe(places.length);
});

it('offers all that the agent itself offers', async () => {
  const bare = await runToy(1);
  const wrapped = await runToy(1, { open: outliving(await breaking('none', 1, 'throws')).open });
  expect(Object.keys(wrapped.agent).sort()).toEqual(Object.keys(bare.agent).sort());
});

it('an error that is none of the device is thrown on', async () => {
  const executor = await breaking('none', 1, 'throws');
  executor.prepare = () => {
    throw new Error('no memory');
  };
  const { told, open } = outliving(executor);
  await expect(runToy(1, { open })).rejects.toThrow('no memory');
  expect(told).toEqual([]);
});

/** The least that learns: a number that each step of training adds one to. */
function counting(executor: Executor): Agent & { value(): Promise<number> } {
  const group = new VariableGroup('count');
  const x = group.add('x', 1, 1);
  executor.allocate(group);
  const graph = new Graph('count');
  const next = add(graph.variable(x), 1);
  graph.assign(x, next);
  graph.output('x', next);
  const program = executor.prepare(compile(graph));
  const step = async () => {
    program.run();
    await program.read('x');
    return 1;
  };
  const value = async () => (await executor.read('count', 0, 1))[0]!;
  return {
    propose: async () => [],
    observe() {},
    metrics: () => ({}),
    dispose() {},
    fit: step,
    train: step,
    value,
    saveState: async () => ({ facts: await value(), tensors: new Map() }),
    restoreState: async ({ facts }) => executor.write('count', Float32Array.of(facts as number)),
  };
}

const scheduled = { realRatio: 1, updates: 1, rollouts: 0, rolloutLength: 0, reason: '' };
const destroy = (device: GPUDevice) => device.destroy();
const failPipeline = (device: GPUDevice) => {
  const module = device.createShaderModule({ code: '@compute @workgroup_size(1) fn main() { nothing(); }' });
  device.createComputePipeline({ layout: 'auto', compute: { module } });
};

describe.runIf(hasDevice)('a real device', () => {
  it.each([
    ['destroyed between steps', destroy, 'lost', false],
    ['destroyed while a step waits for it', destroy, 'lost', true],
    ['with a pipeline that fails', failPipeline, 'error', false],
  ] as const)('%s: training goes on from the copy', async (_, spoil, kind, during) => {
    const opened = await openDevice(await nodeGpu({ software: true }));
    if (opened.status !== 'ready') throw new Error(opened.reason);
    const executor = await createWebgpuExecutor({ device: opened.device });
    const told: LostWork[] = [];
    let latest!: ReturnType<typeof counting>;
    const agent = await createAgentWithFallback({
      executor,
      circuits: [],
      create: (on) => {
        latest = counting(on);
        return latest;
      },
      replace: () => createWasmExecutor({ threads: 1 }),
      acting: new RandomStream(1),
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      now: () => 0,
      onFallback: (lost) => told.push(lost),
    });
    await agent.fit!([1]);
    for (let i = 0; i < 2; i++) await agent.train!(scheduled, 1);
    expect(await latest.value()).toBe(3);
    const step = during ? agent.train!(scheduled, 1) : null;
    spoil(opened.device);
    await (step ?? agent.train!(scheduled, 1));
    expect(told).toMatchObject([{ failure: { kind }, fitSteps: 0, updates: 2 }]);
    // The copy after the fit, and the step that was done over.
    expect(await latest.value()).toBe(2);
    await agent.train!(scheduled, 1);
    expect(await latest.value()).toBe(3);
  });
});
