import { type AgentCircuit, defaultHyperParameters, type HyperParameters } from '../../api';
import { timeUpdate, withUpdate } from '../../learn/time-update';
import type { Executor } from '../../tensor';
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
  const speed = await timeUpdates(executor, circuits, hyper, options);
  const profile = await withUpdate(executor, circuits, withoutImagined(hyper), async (update) => {
    // The first replay builds what it needs.
    update.run();
    return executor.profile(update, now, 10);
  });
  const kernels = byKernel(profile);
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

/** Times the update without and with the imagined gradient. */
export async function timeUpdates(
  executor: Executor,
  circuits: readonly AgentCircuit[],
  hyper: HyperParameters,
  { milliseconds, now }: { readonly milliseconds: number; readonly now: () => number },
): Promise<UpdateSpeed> {
  const timing = { warmUpMilliseconds: milliseconds / 4, milliseconds, now };
  const plain = await withUpdate(executor, circuits, withoutImagined(hyper), async (update) => ({
    updatesPerSecond: await timeUpdate(update, timing),
    launches: update.plan.launches.length,
  }));
  const imagined = { ...hyper, imaginedWeight: defaultHyperParameters.imaginedWeight };
  const withImaginedPerSecond = await withUpdate(executor, circuits, imagined, (update) => timeUpdate(update, timing));
  return { executor: executor.description, ...plain, withImaginedPerSecond };
}

function withoutImagined(hyper: HyperParameters): HyperParameters {
  return { ...hyper, imaginedWeight: 0 };
}
