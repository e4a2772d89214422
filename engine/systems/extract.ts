import type { CircuitProgress, EnvironmentsSnapshot, Snapshot } from '../api';
import { mean, messageOf } from '../base';
import type { Entity, World } from '../ecs';
import { Environment, Training } from './components';
import { environmentStores } from './environments';
import { type CircuitCount, Counts, DiagnosisState, Recording, Run, Tick, Timeline, Viewers } from './resources';

/** Shows a snapshot to whoever wants one now, the store included. */
export function extract(world: World): void {
  const viewers = world.resource(Viewers);
  const { store } = world.resource(Run);
  if (store.wantsSnapshot(world.resource(Timeline).seconds())) store.snapshot(takeSnapshot(world));
  if (viewers.wanted()) viewers.show(takeSnapshot(world));
}

/** Copies everything that may be seen into fresh arrays: the reader may keep or transfer them. */
export function takeSnapshot(world: World): Snapshot {
  const counts = world.resource(Counts);
  const { configuration, metricDefinitions, report, simulator } = world.resource(Run);
  const { number, scheduled, phases, activity } = world.resource(Tick);
  const { metrics, events, marks } = world.resource(Recording);
  const timeline = world.resource(Timeline);
  const oldest = marks.at(0);
  const newest = marks.at(-1);
  const span = oldest && newest ? newest.seconds - oldest.seconds : 0;
  const rate = (of: 'simulations' | 'updates') => (span > 0 ? (newest![of] - oldest![of]) / span : 0);
  const snapshot: Snapshot = {
    tick: number,
    paused: timeline.paused(),
    speed: timeline.speed(),
    seconds: timeline.seconds(),
    simulations: { training: counts.training, evaluation: counts.evaluation, byHand: counts.byHand },
    budget: configuration.budget,
    updates: counts.updates,
    simulationsPerSecond: rate('simulations'),
    updatesPerSecond: rate('updates'),
    scheduled,
    environments: environmentsSnapshot(world),
    progress: counts.circuits.map(circuitProgress),
    diagnoses: world.resource(DiagnosisState).found,
    metrics: { ...metrics },
    simulator: simulator.statistics(),
    phases: { ...phases },
    activity,
    events: events.toArray(),
  };
  if (metricDefinitions.length === 0) return snapshot;
  const measured: Record<string, number> = { ...snapshot.metrics };
  for (const definition of metricDefinitions) {
    try {
      measured[definition.id] = definition.measure(snapshot);
    } catch (thrown) {
      if (metrics[definition.id] === undefined) {
        report({ level: 'warning', kind: 'metric-failed', message: `metric ${definition.id} failed: ${messageOf(thrown)}` });
      }
      metrics[definition.id] = Number.NaN;
    }
  }
  return { ...snapshot, metrics: measured };
}

function circuitProgress(count: CircuitCount, circuit: number): CircuitProgress {
  const { present, share, training, evaluation, failures, timedOut, stepsToTarget, best, episodes } = count;
  const { parameters, measures, distances } = best ?? {};
  return {
    circuit,
    present,
    share,
    training,
    evaluation,
    failures,
    timedOut,
    stepsToTarget,
    best: best && { ...best, parameters: parameters!.slice(), measures: measures!.slice(), distances: distances!.slice() },
    successRate: mean(episodes.toArray()),
  };
}

function environmentsSnapshot(world: World): EnvironmentsSnapshot {
  const { environment, sizing, measured, outcome } = environmentStores(world);
  const { slot, circuit, state, episode, step } = environment.columns;
  const entities = world.query(Environment, Training);
  const order = entities.sort((a: Entity, b: Entity) => slot.get(world.indexOf(a)) - slot.get(world.indexOf(b)));
  const places = order.map((entity) => world.indexOf(entity));
  const count = places.length;
  let parameterCount = 0;
  let specCount = 0;
  for (const at of places) {
    parameterCount += sizing.length.get(at);
    specCount += measured.length.get(at);
  }
  const snapshot = {
    count,
    entity: new Uint32Array(count),
    circuit: new Uint16Array(count),
    state: new Uint8Array(count),
    episode: new Uint32Array(count),
    episodeStep: new Uint16Array(count),
    reward: new Float32Array(count),
    bestReward: new Float32Array(count),
    parameterOffset: new Uint32Array(count),
    specOffset: new Uint32Array(count),
    parameters: new Float64Array(parameterCount),
    measures: new Float64Array(specCount),
    targets: new Float64Array(specCount),
    distances: new Float32Array(specCount),
  };
  const rows = { physical: sizing.pool.arrays.physical, ...measured.pool.arrays };
  let parameterOffset = 0;
  let specOffset = 0;
  for (const [i, at] of places.entries()) {
    snapshot.entity[i] = order[i]!;
    snapshot.circuit[i] = circuit.get(at);
    snapshot.state[i] = state.get(at);
    snapshot.episode[i] = episode.get(at);
    snapshot.episodeStep[i] = step.get(at);
    snapshot.reward[i] = outcome.columns.reward.get(at);
    snapshot.bestReward[i] = outcome.columns.bestReward.get(at);
    snapshot.parameterOffset[i] = parameterOffset;
    snapshot.specOffset[i] = specOffset;
    const p = sizing.offset.get(at);
    const parameters = sizing.length.get(at);
    snapshot.parameters.set(rows.physical.subarray(p, p + parameters), parameterOffset);
    const s = measured.offset.get(at);
    const specs = measured.length.get(at);
    snapshot.measures.set(rows.measures.subarray(s, s + specs), specOffset);
    snapshot.targets.set(rows.target.subarray(s, s + specs), specOffset);
    snapshot.distances.set(rows.distances.subarray(s, s + specs), specOffset);
    parameterOffset += parameters;
    specOffset += specs;
  }
  return snapshot;
}
