import { messageOf } from '../base';
import type { World } from '../ecs';
import type { ProgressRecord, SimulationRecord } from '../store';
import { Counts, Histories, Recording, Run, Tick, Timeline, type Transition } from './resources';

/** Writes what this tick did to the store, to the points that may be asked for and to the run's hash, and gathers metrics. */
export function record(world: World): void {
  const { agent, store, configuration, report } = world.resource(Run);
  const { number, transitions } = world.resource(Tick);
  const recording = world.resource(Recording);
  for (const transition of transitions) addToHash(recording, transition);
  try {
    Object.assign(recording.metrics, agent.metrics());
  } catch (thrown) {
    report({
      level: 'warning',
      kind: 'metrics-failed',
      message: `agent ${configuration.agent} has no metrics: ${messageOf(thrown)}`,
    });
  }
  const counts = world.resource(Counts);
  recording.marks.push({
    seconds: world.resource(Timeline).seconds(),
    simulations: counts.training + counts.evaluation,
    updates: counts.updates,
  });
  const simulated = transitions.filter(({ simulation }) => simulation > 0);
  const histories = world.resource(Histories);
  for (const transition of simulated) histories[transition.observation.circuit.index]!.add(number, transition);
  if (simulated.length > 0) store.simulations(simulated.map((transition) => simulationRecord(number, transition)));
  store.metrics(number, recording.metrics);
  for (const transition of transitions) if (transition.observation.done) store.episode(episodeRecord(number, transition));
  store.tick(() => progressRecords(world));
}

function episodeRecord(tick: number, { observation, phase, episode, step, bestReward }: Transition) {
  const { circuit, slot, met } = observation;
  return { tick, circuit: circuit.id, slot, episode, phase, steps: step, bestReward, met };
}

/** How far each circuit is. */
export function progressRecords(world: World): ProgressRecord[] {
  const { circuits } = world.resource(Run);
  return world.resource(Counts).circuits.map(({ training, evaluation, failures, stepsToTarget, best }, i) => ({
    circuit: circuits[i]!.info.id,
    training,
    evaluation,
    failures,
    stepsToTarget,
    best: best && { simulation: best.simulation, reward: best.reward, met: best.met },
  }));
}

function addToHash({ hash }: Recording, { observation, phase, origin }: Transition): void {
  hash.text(phase).text(observation.circuit.id).text(origin).word(observation.slot);
  if (observation.from) hash.numbers(observation.from.u).numbers(observation.from.z).numbers(observation.from.action);
  hash.numbers(observation.u).numbers(observation.measures).numbers(observation.target).number(observation.reward);
  hash.word((observation.valid ? 1 : 0) | (observation.met ? 2 : 0) | (observation.done ? 4 : 0));
}

function simulationRecord(
  tick: number,
  { observation, evaluation, parameters, phase, origin, episode, step, simulation }: Transition,
): SimulationRecord {
  const { circuit, slot, target, measures, valid, reward, met } = observation;
  const { failure, calls = 1, milliseconds } = evaluation;
  return {
    simulation,
    tick,
    circuit: circuit.id,
    slot,
    episode,
    step,
    phase,
    origin,
    parameters,
    target,
    measures,
    valid,
    failure,
    reward,
    met,
    calls,
    milliseconds,
  };
}
