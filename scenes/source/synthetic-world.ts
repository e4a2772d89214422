/** The made-up world behind `?source=synthetic`: environments that seem to learn, and the points that they visit. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { PluginReport } from '../../engine/api/plugin';
import type { Catalogue, CircuitProgress, EngineEvent, Snapshot } from '../../engine/api/snapshot';
import { EnvironmentState } from '../../engine/api/snapshot';
import { physicalValue } from '../format/distance';
import { optimum, pretend } from './synthetic-circuit-model';
import { syntheticCircuits } from './synthetic-circuits';
import type { SyntheticPoint } from './synthetic-points';
import { createSyntheticPoints } from './synthetic-points';

const EPISODE_STEPS = 30;
/** Ticks a second as fast as it goes. */
export const FULL_SPEED_HERTZ = 20;

export interface SyntheticOptions {
  readonly environments: number;
  readonly circuits: readonly string[];
  readonly seed: number;
  /** Points that each circuit has before the first tick; 0 where left out. */
  readonly points?: number;
  /** Ticks that have passed before the first snapshot; 0: a few. */
  readonly past?: number;
  readonly begin?: 'running' | 'paused';
}

function pluginReport(id: string, title: string, reason: string, brings: readonly string[]): PluginReport {
  return { id, title, version: '0.1.0', requires: [], state: reason === '' ? 'ready' : 'failed', reason, brings };
}

/** mulberry32: small, seeded, good enough to draw with. */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Best = NonNullable<CircuitProgress['best']>;

/** The world behind the pictures: advances by one tick a call and can be asked for a snapshot. */
const NO_FAILURES = {
  'no-convergence': 0,
  'time-out': 0,
  'missing-measure': 0,
  'out-of-range': 0,
  'invalid-operating-point': 0,
  'engine-died': 0,
  'bad-netlist': 0,
};

export function createSyntheticWorld(options: SyntheticOptions) {
  const circuits = syntheticCircuits(options.circuits);
  const count = options.environments;
  const random = stream(options.seed);
  const circuit = Uint16Array.from({ length: count }, (_, e) => Math.floor((e * circuits.length) / count));
  const of = (e: number): CircuitInfo => circuits[circuit[e]];
  const parameterOffset = new Uint32Array(count);
  const specOffset = new Uint32Array(count);
  let parameterTotal = 0;
  let specTotal = 0;
  for (let e = 0; e < count; e++) {
    parameterOffset[e] = parameterTotal;
    specOffset[e] = specTotal;
    parameterTotal += of(e).parameters.length;
    specTotal += of(e).specs.length;
  }
  const u = new Float64Array(parameterTotal);
  const parameters = new Float64Array(parameterTotal);
  const measures = new Float64Array(specTotal).fill(Number.NaN);
  const targets = new Float64Array(specTotal);
  const distances = new Float32Array(specTotal).fill(-1);
  const state = new Uint8Array(count);
  const episode = new Uint32Array(count);
  const episodeStep = Uint16Array.from({ length: count }, () => Math.floor(random() * EPISODE_STEPS));
  const reward = new Float32Array(count).fill(-1);
  const bestReward = new Float32Array(count).fill(-1);
  const best: (Best | null)[] = circuits.map(() => null);
  const stepsToTarget: (number | null)[] = circuits.map(() => null);
  const training = circuits.map(() => 0);
  const failures = circuits.map(() => 0);
  const points = circuits.map(createSyntheticPoints);
  let simulations = 0;
  let events: EngineEvent[] = [];
  let tick = 0;
  let seconds = 0;
  let updates = 0;

  for (let e = 0; e < count; e++) {
    for (let p = 0; p < of(e).parameters.length; p++) u[parameterOffset[e] + p] = random();
    for (let p = 0; p < of(e).parameters.length; p++) {
      parameters[parameterOffset[e] + p] = physicalValue(of(e).parameters[p], u[parameterOffset[e] + p]);
    }
    for (let s = 0; s < of(e).specs.length; s++) targets[specOffset[e] + s] = of(e).specs[s].target;
  }

  function simulate(e: number, skill: number): void {
    const info = of(e);
    const learned = 0.15 + 0.85 * skill;
    const rough = random();
    state[e] = rough < 0.015 ? EnvironmentState.failed : rough < 0.03 ? EnvironmentState.invalid : EnvironmentState.idle;
    training[info.index]++;
    const usable = state[e] === EnvironmentState.idle;
    if (!usable) failures[info.index]++;
    const own = u.subarray(parameterOffset[e], parameterOffset[e] + info.parameters.length);
    wander(info, own, learned);
    for (let p = 0; p < info.parameters.length; p++)
      parameters[parameterOffset[e] + p] = physicalValue(info.parameters[p], own[p]);
    const { values, away } = pretend(info, own, () => random() - 0.5);
    let worst = Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let s = 0; s < info.specs.length; s++) {
      const at = specOffset[e] + s;
      measures[at] = usable ? values[s] : Number.NaN;
      distances[at] = usable ? away[s] : -1;
      worst = Math.min(worst, distances[at]);
      sum += Math.min(0, distances[at]);
    }
    reward[e] = state[e] === EnvironmentState.idle ? sum / info.specs.length + (worst >= 0 ? 1 : 0) : -1;
    bestReward[e] = Math.max(bestReward[e], reward[e]);
    if (worst >= 0) state[e] = EnvironmentState.met;
    keep(info, own, {
      slot: e,
      episode: episode[e],
      step: episodeStep[e],
      valid: usable,
      reward: reward[e],
      met: worst >= 0,
      values,
    });
    if (worst >= 0 && stepsToTarget[info.index] === null) {
      stepsToTarget[info.index] = training[info.index];
      const message = `${info.title}: all targets met after ${training[info.index]} simulations.`;
      events.push({ tick, level: 'info', kind: 'target-met', message });
    }
    if (reward[e] > (best[info.index]?.reward ?? -2)) {
      best[info.index] = {
        reward: reward[e],
        simulation: training[info.index],
        parameters: parameters.slice(parameterOffset[e], parameterOffset[e] + info.parameters.length),
        measures: measures.slice(specOffset[e], specOffset[e] + info.specs.length),
        distances: distances.slice(specOffset[e], specOffset[e] + info.specs.length),
        met: worst >= 0,
      };
    }
    episodeStep[e]++;
    if (episodeStep[e] > EPISODE_STEPS || (worst >= 0 && random() < 0.3)) {
      episodeStep[e] = 0;
      episode[e]++;
      bestReward[e] = -1;
      for (let p = 0; p < info.parameters.length; p++) u[parameterOffset[e] + p] = random();
    }
  }

  /** A step towards where the circuit is good, and somewhat beside it. */
  function wander(info: CircuitInfo, own: Float64Array, learned: number): void {
    for (let p = 0; p < own.length; p++) {
      const moved = own[p] + (optimum(info, p) - own[p]) * 0.25 * learned + (random() - 0.5) * 0.22 * (1.15 - learned);
      own[p] = Math.min(1, Math.max(0, moved));
    }
  }

  function keep(
    info: CircuitInfo,
    own: Float64Array,
    facts: Pick<SyntheticPoint, 'slot' | 'episode' | 'step' | 'valid' | 'reward' | 'met' | 'values'>,
  ): void {
    const origin = random() < 0.2 ? 'random' : random() < 0.3 ? 'toward-best' : 'policy';
    points[info.index].add({
      ...facts,
      simulation: ++simulations,
      tick,
      origin,
      u: own,
      surprise: random() - 0.5,
    });
  }

  /** A past that nobody has seen: as many points as asked for, better towards the end. */
  function imaginePast(wanted: number): void {
    for (const info of circuits) {
      const own = Float64Array.from(info.parameters, () => random());
      for (let i = 0; i < wanted; i++) {
        wander(info, own, 0.15 + (0.85 * i) / wanted);
        if (i % EPISODE_STEPS === 0) for (let p = 0; p < own.length; p++) own[p] = random();
        const { away, values } = pretend(info, own, () => random() - 0.5);
        const worst = Math.min(...away);
        const sum = away.reduce((total, distance) => total + Math.min(0, distance), 0) / away.length;
        const facts = { slot: i % count, episode: Math.floor(i / EPISODE_STEPS), step: i % EPISODE_STEPS, valid: true, values };
        keep(info, own, { ...facts, reward: sum + (worst >= 0 ? 1 : 0), met: worst >= 0 });
      }
      training[info.index] += wanted;
    }
  }
  imaginePast(options.points ?? 0);

  function advance(): void {
    tick++;
    seconds += 1 / FULL_SPEED_HERTZ;
    events = [];
    const skill = 1 - Math.exp(-tick / 160);
    for (let e = 0; e < count; e++) {
      if (random() < 0.18) {
        state[e] = EnvironmentState.simulating;
        continue;
      }
      simulate(e, skill);
    }
    updates += Math.round(2 + 6 * skill);
    if (tick % 240 === 0) {
      const message = 'Simulator worker 1 did not answer in 2 s; it was replaced.';
      events.push({ tick, level: 'warning', kind: 'simulator-replaced', message });
    }
  }

  function syntheticMetrics(): Record<string, number> {
    const fading = Math.exp(-tick / 200);
    const metrics: Record<string, number> = {
      'agent/criticLoss': 0.2 * fading * (0.7 + 0.6 * random()) + 0.01,
      'agent/actorLoss': 0.8 * fading * (0.9 + 0.2 * random()),
      'agent/temperature': 0.2 * fading + 0.01,
      'model/measureLoss': 0.5 * fading * (0.9 + 0.2 * random()) + 0.02,
    };
    for (const { index, id } of circuits) {
      metrics[`model/error/${index}`] = (0.6 + 0.2 * index) * fading * (0.8 + 0.4 * random()) + 0.05;
      if (tick < 60) continue;
      metrics[`evaluation/${id}/met`] = tick < 120 ? 0 : 1;
      metrics[`evaluation/${id}/steps`] = Math.max(4, 30 - Math.floor(tick / 60) * 4 - index);
    }
    return metrics;
  }

  function snapshot(paused: boolean, speed: number): Snapshot {
    const skill = 1 - Math.exp(-tick / 160);
    const total = training.reduce((sum, n) => sum + n, 0);
    return {
      tick,
      paused,
      speed,
      seconds,
      simulations: { training: total, evaluation: Math.floor(total / 12), byHand: 0 },
      budget: 1000 * count,
      updates,
      simulationsPerSecond: paused ? 0 : count * 0.82 * FULL_SPEED_HERTZ * (0.9 + 0.2 * random()),
      updatesPerSecond: paused ? 0 : (2 + 6 * skill) * FULL_SPEED_HERTZ * (0.9 + 0.2 * random()),
      scheduled: {
        realRatio: 0.1 + 0.8 * skill,
        updates: Math.round(2 + 6 * skill),
        rollouts: Math.round(64 * (1 - skill) + 8),
        rolloutLength: 1 + Math.floor(3 * skill),
        reason: skill < 0.4 ? 'early: explore in the model' : 'model error low: trust real data more',
      },
      environments: {
        count,
        entity: Uint32Array.from({ length: count }, (_, e) => e + 1),
        circuit,
        state: state.slice(),
        episode: episode.slice(),
        episodeStep: episodeStep.slice(),
        reward: reward.slice(),
        bestReward: bestReward.slice(),
        parameterOffset,
        specOffset,
        parameters: parameters.slice(),
        measures: measures.slice(),
        targets,
        distances: distances.slice(),
      },
      progress: circuits.map((info) => ({
        circuit: info.index,
        present: true,
        share: 1 / circuits.length,
        training: training[info.index],
        evaluation: Math.floor(training[info.index] / 12),
        failures: failures[info.index],
        timedOut: 0,
        stepsToTarget: stepsToTarget[info.index],
        best: best[info.index],
        successRate: tick < 30 ? Number.NaN : skill * 0.9,
      })),
      diagnoses: [],
      simulator: {
        evaluations: training.reduce((sum, count) => sum + count, 0),
        failures: NO_FAILURES,
        replaced: 0,
        recycled: 0,
        queued: 3,
        busy: 2,
        cacheHits: Math.floor(tick / 9),
        milliseconds: tick * 21.5,
      },
      metrics: syntheticMetrics(),
      phases: {
        schedule: 0.02,
        act: 2.1,
        simulate: 21.5,
        fit: tick % 8 === 0 ? 30 : 0.1,
        rollout: 3.2,
        train: 14.8,
        record: 0.2,
        extract: 0.1,
      },
      activity: null,
      events,
    };
  }

  const catalogue: Catalogue = {
    circuits,
    agent: 'm3',
    schedule: 'm3-default',
    executor: { kind: 'none', description: 'synthetic data', reason: 'the address asks for it' },
    simulator: { kind: 'none', description: 'synthetic data', reason: 'the address asks for it' },
    seed: options.seed,
    configuration: { episodeSteps: EPISODE_STEPS },
    plugins: [
      ...circuits.map(({ id, title }) => pluginReport(`circuits/${id}`, title, '', [`circuit ${id}`])),
      pluginReport('circuits/broken', 'A circuit that failed', 'spec "gain" has no measure: give it one in `measures`', []),
    ],
  };
  return { catalogue, advance, snapshot, points };
}

export type SyntheticWorld = ReturnType<typeof createSyntheticWorld>;
