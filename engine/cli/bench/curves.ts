import type { AgentCircuit, HyperParameters } from '../../api';
import { RandomStream } from '../../base';
import { createLearningState } from '../../learn/networks';
import { evenShares } from '../../learn/programs';
import { writeTransition } from '../../learn/replay-pool';
import { buildUpdatePlan, UPDATE_STATISTICS } from '../../learn/update-plan';
import type { Executor } from '../../tensor';
import { formatTable } from '../table';

/** Where two executors stand after the same updates from the same seed. */
export interface Divergence {
  readonly updates: number;
  /** ‖a - b‖ / ‖a‖ over the weights of actor and critics, and their largest single difference. */
  readonly weights: number;
  readonly largest: number;
  /** Each statistic of the update, on the one and on the other. */
  readonly statistics: Readonly<Record<string, readonly [number, number]>>;
}

const SEED = 1;

/** Trains both on the same made-up transitions, with the same stream of random numbers, and compares them on the way. */
export async function compareCurves(
  executors: readonly [Executor, Executor],
  circuits: readonly AgentCircuit[],
  hyper: HyperParameters,
  updates: number,
): Promise<Divergence[]> {
  const learners = executors.map((executor) => createLearner(executor, circuits, hyper));
  try {
    const stops = [1, 10, 100, 1000, 10_000].filter((stop) => stop < updates).concat(updates);
    const found: Divergence[] = [];
    for (const [i, stop] of stops.entries()) {
      for (const { program } of learners) program.run(stop - (stops[i - 1] ?? 0));
      const [a, b] = await Promise.all(learners.map((learner) => learner.weights()));
      let difference = 0;
      let length = 0;
      let largest = 0;
      a!.forEach((value, k) => {
        const off = Math.abs(value - b![k]!);
        difference += off * off;
        length += value * value;
        largest = Math.max(largest, off);
      });
      const statistics: Record<string, readonly [number, number]> = {};
      for (const name of UPDATE_STATISTICS) {
        const [one, other] = await Promise.all(learners.map(async ({ program }) => (await program.read(name))[0]!));
        statistics[name] = [one!, other!];
      }
      found.push({ updates: stop, weights: Math.sqrt(difference / length), largest, statistics });
    }
    return found;
  } finally {
    for (const learner of learners) learner.dispose();
  }
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
  const program = executor.prepare(buildUpdatePlan(state, hyper, evenShares(hyper.batch / hyper.members, circuits.length)));
  program.write('filled', Float32Array.from(circuits.flatMap(() => [slots, 0])));
  program.write('realRatio', new Float32Array(circuits.length).fill(1));
  return {
    program,
    async weights() {
      const parts = [await executor.read(state.actor.group.name), await executor.read(state.critic.group.name)];
      return Float32Array.from(parts.flatMap((part) => [...part]));
    },
    dispose() {
      program.dispose();
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
    ...UPDATE_STATISTICS.map((title) => ({ title, align: right })),
  ];
  const rows = found.map(({ updates, weights, largest, statistics }) => [
    String(updates),
    weights.toExponential(1),
    largest.toExponential(1),
    ...UPDATE_STATISTICS.map((name) => statistics[name]!.map((value) => value.toPrecision(5)).join(' | ')),
  ]);
  return `${names.join(' | ')}, the same updates from the same seed\n\n${formatTable(columns, rows)}`;
}
