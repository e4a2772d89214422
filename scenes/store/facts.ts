/** What of a snapshot is kept over time, by name. Facts of a circuit carry its id: `reward.mean/two-stage-opamp`. */
import type { Catalogue, Snapshot } from '../../engine/api/snapshot';
import { isUsable } from '../format/states';
import type { Frames } from './frames';
import type { History } from './history';
import { createHistory } from './history';
import type { Signal } from './signal';

/** Rows kept: more than a chart has pixels, so that a part of it can still be looked at closely. */
const ROWS = 4096;

export const ofCircuit = (fact: string, circuit: string) => `${fact}/${circuit}`;
export const ofSpec = (circuit: string, spec: string) => `distance/${circuit}/${spec}`;
/** Metrics of the agent, as it names them. */
export const ofMetric = (name: string) => `metric/${name}`;

export interface FactRecorder {
  readonly history: History;
  /** Adds the facts of a tick that has ended. */
  record(snapshot: Snapshot): void;
}

export function createFactRecorder(catalogue: Signal<Catalogue | null>): FactRecorder {
  const history = createHistory(ROWS);
  let lastTick = -1;
  return {
    history,
    record(snapshot) {
      // A tick that is under way has not all of its numbers yet.
      if (!catalogue.value || snapshot.activity !== null || snapshot.tick === lastTick) return;
      lastTick = snapshot.tick;
      const { tick, seconds, simulations } = snapshot;
      const moment = { tick, seconds, simulations: simulations.training + simulations.evaluation };
      history.record(moment, factsOf(snapshot, catalogue.value));
    },
  };
}

/**
 * Fills a history with every tick that ends, whether anybody looks or not.
 * @param earlier of a run that goes on after a reload: what was recorded before it
 */
export function recordHistory(
  live: Signal<Snapshot | null>,
  catalogue: Signal<Catalogue | null>,
  earlier: Promise<Frames> | null,
): History {
  const { history, record } = createFactRecorder(catalogue);
  let waiting: Snapshot[] | null = earlier ? [] : null;
  live.subscribe((snapshot) => {
    if (!snapshot || snapshot.activity !== null) return;
    if (waiting) waiting.push(snapshot);
    else record(snapshot);
  });
  const release = () => {
    for (const snapshot of waiting ?? []) record(snapshot);
    waiting = null;
  };
  // Where they cannot be read, the charts begin with the reload.
  earlier?.then((frames) => frames.each(record, () => false)).then(release, release);
  return history;
}

export function factsOf(snapshot: Snapshot, { circuits }: Catalogue): Record<string, number> {
  const { scheduled, simulations, simulator } = snapshot;
  const facts: Record<string, number> = {
    simulations: simulations.training,
    'simulations-per-second': snapshot.simulationsPerSecond,
    'updates-per-second': snapshot.updatesPerSecond,
    'real-ratio': scheduled.realRatio,
    updates: scheduled.updates,
    rollouts: scheduled.rollouts,
    'rollout-length': scheduled.rolloutLength,
    queued: simulator.queued,
    busy: simulator.busy,
    'cache-hits': simulator.cacheHits,
  };
  for (const name in snapshot.metrics) facts[ofMetric(name)] = snapshot.metrics[name];
  for (const progress of snapshot.progress) {
    const info = circuits[progress.circuit];
    if (!info) continue;
    facts[ofCircuit('success', info.id)] = progress.successRate;
    facts[ofCircuit('share', info.id)] = progress.share;
    facts[ofCircuit('training', info.id)] = progress.training;
    facts[ofCircuit('best', info.id)] = progress.best?.reward ?? Number.NaN;
    info.specs.forEach((spec, s) => {
      facts[ofSpec(info.id, spec.name)] = progress.best?.distances[s] ?? Number.NaN;
    });
    Object.assign(facts, rewardFacts(snapshot, progress.circuit, info.id));
  }
  return facts;
}

/** Mean, middle half and extremes of the rewards of a circuit's environments now; failed simulations count as what they are. */
function rewardFacts({ environments }: Snapshot, circuit: number, id: string): Record<string, number> {
  const rewards: number[] = [];
  let usable = 0;
  for (let e = 0; e < environments.count; e++) {
    if (environments.circuit[e] !== circuit || Number.isNaN(environments.reward[e])) continue;
    rewards.push(environments.reward[e]);
    if (isUsable(environments.state[e])) usable++;
  }
  if (rewards.length === 0) return {};
  rewards.sort((a, b) => a - b);
  const at = (share: number) => rewards[Math.round(share * (rewards.length - 1))];
  return {
    [ofCircuit('reward.mean', id)]: rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
    [ofCircuit('reward.lower', id)]: at(0.25),
    [ofCircuit('reward.upper', id)]: at(0.75),
    [ofCircuit('reward.least', id)]: rewards[0],
    [ofCircuit('reward.most', id)]: rewards[rewards.length - 1],
    [ofCircuit('usable', id)]: usable / rewards.length,
  };
}
