import type { AgentCircuit, HyperParameters } from '../../api';
import { RandomStream } from '../../base';
import { createLearningState } from '../../learn/networks';
import { preparePrograms, RANK_CHUNK } from '../../learn/programs';
import { writeTransition } from '../../learn/replay-pool';
import { UPDATE_STATISTICS } from '../../learn/update-plan';
import type { Executor } from '../../tensor';
import { openWasm, openWebgpu } from '../open-executor';
import { formatTable } from '../table';
import type { Bench } from './bench';
import { batchOf } from './sized-circuits';
import { stamp } from './stamp';

export const curves: Bench = {
  circuits: 0,
  async run(_, values, terminal) {
    const { executor: kind, threads, updates, json } = values;
    const { circuits, hyper } = await batchOf(values);
    // WebGPU first: where there is none, that is said at once.
    const second = kind === 'wasm' ? await openWasm(threads) : await openWebgpu();
    const rivals = [kind === 'webgpu' ? await openWebgpu() : await openWasm(threads), second] as const;
    try {
      const found = await compareCurves(rivals, circuits, hyper, updates);
      const same = found.every(({ largest, simulator, predictions }) => largest + simulator + predictions === 0);
      const executors = rivals.map(({ description }) => description);
      terminal.out(json ? `${JSON.stringify({ executors, found, ...stamp() })}\n` : describeCurves(executors, found));
      // The same executor twice has no right to differ.
      return kind === 'both' || same ? 0 : 1;
    } finally {
      for (const executor of rivals) executor.dispose();
    }
  },
};

/** Where two executors stand after the same steps from the same seed: as many of a fit as updates. */
export interface Divergence {
  readonly updates: number;
  /** ‖a - b‖ / ‖a‖ over the weights of actor and critics, and their largest single difference. */
  readonly weights: number;
  readonly largest: number;
  /** The same ratio over the weights of the neural simulator, and over what it says of the same sizings. */
  readonly simulator: number;
  readonly predictions: number;
  /** Each statistic of the update, on the one and on the other. */
  readonly statistics: Readonly<Record<string, readonly [number, number]>>;
}

const SEED = 1;

/**
 * Trains both on the same made-up transitions, with the same stream of random numbers, and compares them on the way. Two executors
 * of one kind and machine must not differ at all: where they do, what they compute hangs on chance.
 */
export async function compareCurves(
  executors: readonly [Executor, Executor],
  circuits: readonly AgentCircuit[],
  hyper: HyperParameters,
  updates: number,
): Promise<Divergence[]> {
  const learners = executors.map((executor) => createLearner(executor, circuits, hyper));
  try {
    for (const executor of executors) await executor.ready?.();
    const stops = [1, 10, 100, 1000, 10_000].filter((stop) => stop < updates).concat(updates);
    const found: Divergence[] = [];
    for (const [i, stop] of stops.entries()) {
      for (const learner of learners) learner.learn(stop - (stops[i - 1] ?? 0));
      const [a, b] = await Promise.all(learners.map((learner) => learner.state()));
      const weights = apart(a!.weights, b!.weights);
      found.push({
        updates: stop,
        weights: weights.relative,
        largest: weights.largest,
        simulator: apart(a!.simulator, b!.simulator).relative,
        predictions: apart(a!.predictions, b!.predictions).relative,
        statistics: Object.fromEntries(UPDATE_STATISTICS.map((name, k) => [name, [a!.statistics[k]!, b!.statistics[k]!]])),
      });
    }
    return found;
  } finally {
    for (const learner of learners) learner.dispose();
  }
}

function apart(a: Float32Array, b: Float32Array): { readonly relative: number; readonly largest: number } {
  let difference = 0;
  let length = 0;
  let largest = 0;
  a.forEach((value, k) => {
    const off = Math.abs(value - b[k]!);
    difference += off * off;
    length += value * value;
    largest = Math.max(largest, off);
  });
  return { relative: Math.sqrt(difference / length), largest };
}

function createLearner(executor: Executor, circuits: readonly AgentCircuit[], hyper: HyperParameters) {
  const random = new RandomStream(SEED);
  const state = createLearningState(circuits, hyper, random.split('weights'), SEED);
  for (const group of state.groups) executor.allocate(group);
  const made = random.split('transitions');
  const drawn = (length: number, low: number, high: number) =>
    Float32Array.from({ length }, () => low + (high - low) * made.uniform());
  const slots = Math.min(256, hyper.realCapacity);
  for (const [c, { parameters, specs }] of state.pool.circuits.entries()) {
    for (let slot = 0; slot < slots; slot++) {
      writeTransition(executor, state.pool, c, slot, {
        u: drawn(parameters, 0, 1),
        z: drawn(specs, -1, 1),
        valid: made.uniform() < 0.9,
        action: drawn(parameters, -1, 1),
        nextU: drawn(parameters, 0, 1),
        nextZ: drawn(specs, -1, 1),
        nextValid: made.uniform() < 0.9,
      });
    }
  }
  const everyone = circuits.map(() => true);
  const programs = preparePrograms(executor, state, hyper, everyone);
  const { fit, update, predict } = programs;
  const filled = Float32Array.from(circuits.flatMap(() => [slots, 0]));
  fit.write('filled', filled);
  fit.write('rate', Float32Array.of(hyper.modelRate));
  update.write('filled', filled);
  update.write('realRatio', new Float32Array(circuits.length).fill(1));
  for (const [c, { parameters }] of state.pool.circuits.entries()) predict[c]!.write('u', drawn(RANK_CHUNK * parameters, 0, 1));
  const joined = async (parts: readonly Promise<Float32Array>[]) =>
    Float32Array.from((await Promise.all(parts)).flatMap((part) => [...part]));
  return {
    learn(steps: number) {
      fit.run(steps);
      update.run(steps);
    },
    async state() {
      for (const program of predict) program.run();
      return {
        weights: await joined([executor.read(state.actor.group.name), executor.read(state.critic.group.name)]),
        simulator: await executor.read(state.model.group.name),
        predictions: await joined(predict.flatMap((program) => [program.read('z'), program.read('validity')])),
        statistics: await joined(UPDATE_STATISTICS.map((name) => update.read(name))),
      };
    },
    dispose() {
      programs.dispose();
      for (const group of state.groups) executor.release(group.name);
    },
  };
}

export function describeCurves(names: readonly string[], found: readonly Divergence[]): string {
  const right = 'right' as const;
  const columns = [
    { title: 'updates', align: right },
    { title: 'weights, relative', align: right },
    { title: 'largest', align: right },
    { title: 'neural simulator', align: right },
    { title: 'predictions', align: right },
    ...UPDATE_STATISTICS.map((title) => ({ title, align: right })),
  ];
  const rows = found.map(({ updates, weights, largest, simulator, predictions, statistics }) => [
    String(updates),
    weights.toExponential(1),
    largest.toExponential(1),
    simulator.toExponential(1),
    predictions.toExponential(1),
    ...UPDATE_STATISTICS.map((name) => statistics[name]!.map((value) => value.toPrecision(5)).join(' | ')),
  ]);
  return `${names.join(' | ')}, the same steps from the same seed, as many of a fit as updates\n\n${formatTable(columns, rows)}`;
}
