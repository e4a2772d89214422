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
      const same = found.every(
        ({ largest, simulator, predictions, imagined }) => largest + simulator + predictions + imagined === 0,
      );
      const executors = rivals.map(({ description }) => description);
      terminal.out(json ? `${JSON.stringify({ executors, found, ...stamp() })}\n` : describeCurves(executors, found));
      // The same executor twice has no right to differ.
      return kind === 'both' || same ? 0 : 1;
    } finally {
      for (const executor of rivals) executor.dispose();
    }
  },
};

/** Where two executors stand after the same steps from the same seed: as many of a fit as updates, and imagined data in between. */
export interface Divergence {
  readonly updates: number;
  /** ‖a - b‖ / ‖a‖ over the weights of actor and critics, and their largest single difference. */
  readonly weights: number;
  readonly largest: number;
  /** The same ratio over the weights of the neural simulator, and over what it says of the same sizings. */
  readonly simulator: number;
  readonly predictions: number;
  /** Share of the imagined transitions that are not the same to a thousandth: once one chance falls out otherwise, all that follows does. */
  readonly imagined: number;
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
      for (const learner of learners) await learner.learn(stop - (stops[i - 1] ?? 0));
      const [a, b] = await Promise.all(learners.map((learner) => learner.state()));
      const weights = apart(a!.weights, b!.weights);
      found.push({
        updates: stop,
        weights: weights.relative,
        largest: weights.largest,
        simulator: apart(a!.simulator, b!.simulator).relative,
        predictions: apart(a!.predictions, b!.predictions).relative,
        imagined: shareApart(a!.imagined, b!.imagined),
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

/** Share of rows that differ by more than a thousandth anywhere. */
function shareApart(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const differ = a.filter((row, i) => row.some((value, k) => Math.abs(value - b[i]![k]!) > 1e-3));
  return a.length === 0 ? 0 : differ.length / a.length;
}

/** Updates and steps of a fit between two rollouts, and steps of a rollout. */
const BETWEEN = 10;
const ROLLOUT_LENGTH = 3;

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
  const { fit, rollout, update, predict } = programs;
  const synthetic = circuits.map(() => 0);
  const { realCapacity, syntheticCapacity } = state.pool;
  const inPool = (c: number) => Math.min(synthetic[c]!, syntheticCapacity);
  const filled = () => Float32Array.from(circuits.flatMap((_, c) => [slots, inPool(c)]));
  fit.write('filled', filled());
  fit.write('rate', Float32Array.of(hyper.modelRate));
  update.write('realRatio', new Float32Array(circuits.length).fill(0.5));
  for (const [c, { parameters }] of state.pool.circuits.entries()) predict[c]!.write('u', drawn(RANK_CHUNK * parameters, 0, 1));
  const joined = async (parts: readonly Promise<Float32Array>[]) =>
    Float32Array.from((await Promise.all(parts)).flatMap((part) => [...part]));
  function imagine(): void {
    rollout.write('filled', filled());
    for (let step = 0; step < ROLLOUT_LENGTH; step++) {
      rollout.write('fresh', Float32Array.of(step === 0 ? 1 : 0));
      rollout.write(
        'slots',
        Float32Array.from(rollout.circuitOfSequence, (c) => realCapacity + (synthetic[c]!++ % syntheticCapacity)),
      );
      rollout.run();
    }
  }

  /** Imagined transitions of all circuits, a row each. */
  async function imaginedRows(): Promise<Float32Array[]> {
    const rows = state.pool.circuits.map(async ({ base, width }, c) => {
      const values = await executor.read(state.pool.group.name, base + realCapacity * width, inPool(c) * width);
      return Array.from({ length: inPool(c) }, (_, row) => values.subarray(row * width, (row + 1) * width));
    });
    return (await Promise.all(rows)).flat();
  }

  return {
    async learn(steps: number) {
      for (let done = 0; done < steps; done += BETWEEN) {
        const times = Math.min(BETWEEN, steps - done);
        fit.run(times);
        imagine();
        update.write('filled', filled());
        update.run(times);
        // A device is told of no more than it can do meanwhile.
        await update.read('q');
      }
    },
    async state() {
      for (const program of predict) program.run();
      return {
        weights: await joined([executor.read(state.actor.group.name), executor.read(state.critic.group.name)]),
        simulator: await executor.read(state.model.group.name),
        predictions: await joined(predict.flatMap((program) => [program.read('z'), program.read('validity')])),
        imagined: await imaginedRows(),
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
    { title: 'imagined', align: right },
    ...UPDATE_STATISTICS.map((title) => ({ title, align: right })),
  ];
  const rows = found.map(({ updates, weights, largest, simulator, predictions, imagined, statistics }) => [
    String(updates),
    weights.toExponential(1),
    largest.toExponential(1),
    simulator.toExponential(1),
    predictions.toExponential(1),
    `${(100 * imagined).toFixed(1)} %`,
    ...UPDATE_STATISTICS.map((name) => statistics[name]!.map((value) => value.toPrecision(5)).join(' | ')),
  ]);
  return `${names.join(' | ')}, the same steps from the same seed, as many of a fit as updates, half of the batches imagined\n\n${formatTable(columns, rows)}`;
}
