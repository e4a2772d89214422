import { type AgentCircuit, defaultHyperParameters, type HyperParameters } from '../../api';
import { RandomStream } from '../../base';
import { createLearningState } from '../../learn/networks';
import { evenShares } from '../../learn/programs';
import { buildUpdatePlan } from '../../learn/update-plan';
import type { Executor, Program } from '../../tensor';
import type { WasmExecutor } from '../../tensor/wasm/executor';
import { byKernel } from '../../tensor/wasm/profile';
import { type PeerResult, runPeers } from './peers';
import { measureSimdPeak } from './simd-peak';

/** What an executor makes of the update. */
export interface UpdateSpeed {
  readonly executor: string;
  /** Twin critics, actor, temperature and targets. */
  readonly updatesPerSecond: number;
  readonly launches: number;
  /** The same with the actor's gradient through the neural simulator, as the agent trains and as the peers do. */
  readonly withImaginedPerSecond: number;
}

export interface UpdateBench extends UpdateSpeed {
  readonly width: number;
  readonly state: number;
  readonly layers: number;
  readonly sequences: number;
  /** Mean over the circuits of the batch. */
  readonly tokensPerSequence: number;
  readonly kernels: ReturnType<typeof byKernel>;
  readonly matmul: {
    readonly gigaflops: number;
    /** Measured on one core, times the executor's threads: WASM SIMD in registers. */
    readonly peakGigaflops: number;
    readonly share: number;
  };
}

/** Times the full M3 update and says where it goes. */
export async function benchUpdate(
  executor: WasmExecutor,
  circuits: readonly AgentCircuit[],
  hyper: HyperParameters,
  options: { readonly milliseconds: number; readonly now: () => number },
): Promise<UpdateBench> {
  const { now } = options;
  const { update, ...speed } = await timeUpdates(executor, circuits, hyper, options);
  const kernels = byKernel(await executor.profile(update, now, 10));
  const products = kernels.find(({ kernel }) => kernel === 'matmul');
  const peakGigaflops = measureSimdPeak(now, executor.relaxed) * executor.threads;
  const gigaflops = products ? products.flops / (products.milliseconds * 1e6) : 0;
  const tokens = circuits.reduce((sum, { info }) => sum + info.parameters.length + info.specs.length + 2, 0) / circuits.length;
  return {
    ...speed,
    width: hyper.width,
    state: hyper.state,
    layers: hyper.layers,
    sequences: hyper.batch,
    tokensPerSequence: tokens,
    kernels,
    matmul: { gigaflops, peakGigaflops, share: gigaflops / peakGigaflops },
  };
}

/** PyTorch on the same machine, with the same network and batch. */
export async function updatePeers(circuits: readonly AgentCircuit[], hyper: HyperParameters): Promise<PeerResult[]> {
  const size = ['width', 'state', 'layers'].flatMap((name) => [`--${name}`, String(hyper[name as 'width'])]);
  const sizes = circuits.map(({ info }) => `${info.parameters.length}x${info.specs.length}`).join();
  return runPeers<PeerResult>('m3_update.py', [...size, '--sequences', String(hyper.batch), '--circuits', sizes]);
}

/** Times the update without and with the imagined gradient; `update` is the one without, prepared. */
export async function timeUpdates(
  executor: Executor,
  circuits: readonly AgentCircuit[],
  hyper: HyperParameters,
  { milliseconds, now }: { readonly milliseconds: number; readonly now: () => number },
): Promise<UpdateSpeed & { readonly update: Program }> {
  const state = createLearningState(circuits, hyper, new RandomStream(1), 1);
  for (const group of state.groups) executor.allocate(group);
  const counts = evenShares(hyper.batch / hyper.members, circuits.length);
  const load = async (imaginedWeight: number): Promise<Program> => {
    const program = executor.prepare(buildUpdatePlan(state, { ...hyper, imaginedWeight }, counts));
    program.write('filled', Float32Array.from(circuits.flatMap(() => [hyper.realCapacity, hyper.syntheticCapacity])));
    program.write(
      'realRatio',
      Float32Array.from(circuits, () => 0.5),
    );
    await executor.ready?.();
    return program;
  };
  const update = await load(0);
  const each = await timeReplay(update, milliseconds, now);
  const eachImagined = await timeReplay(await load(defaultHyperParameters.imaginedWeight), milliseconds, now);
  return {
    executor: executor.description,
    updatesPerSecond: 1000 / each,
    launches: update.plan.launches.length,
    withImaginedPerSecond: 1000 / eachImagined,
    update,
  };
}

/** Milliseconds a replay, over at least `budget` ms of replays after a warm-up of a quarter of that. */
async function timeReplay(program: Program, budget: number, now: () => number): Promise<number> {
  const output = Object.keys(program.plan.outputs)[0]!;
  let atOnce = 2;
  const spend = async (milliseconds: number): Promise<number> => {
    const start = now();
    let replays = 0;
    while (replays === 0 || now() - start < milliseconds) {
      const begin = now();
      program.run(atOnce);
      await program.read(output); // the work is surely done only when it is read
      replays += atOnce;
      // Waiting for a graphics card is not to count for more than its work.
      if (now() - begin < milliseconds / 32) atOnce *= 2;
    }
    return (now() - start) / replays;
  };
  await spend(budget / 4);
  return spend(budget);
}
