import type { Evaluation, Observation } from '../api';
import type { World } from '../ecs';
import { Stage } from './components';
import { countCall, isValid } from './count-call';
import { type EnvironmentStores, environmentStores, setState } from './environments';
import { evaluateFirstMet } from './evaluation-plan';
import { type BestPoint, Counts, Run, type RunCircuit, Tick, type Transition } from './resources';

/** Failures of the simulator, not of the circuit: such a sizing might be good. */
const ENGINE_FAILURES: readonly unknown[] = ['time-out', 'engine-died', 'no-convergence', 'bad-netlist', 'missing-measure'];

/**
 * Writes a result into its environment, counts the call, and notes the transition. An invalid or failed simulation is
 * worth -1 and never counts as met.
 * @returns the transition; its observation ends the episode when the target is met or the steps are used up
 */
export function applyResult(
  world: World,
  at: number,
  evaluation: Evaluation,
  called: boolean,
  phase: Transition['phase'],
): Transition {
  const { agentEpisodic, circuits, configuration } = world.resource(Run);
  const stores = environmentStores(world);
  const { environment, sizing, measured, outcome } = stores;
  const { columns } = environment;
  const circuit = circuits[columns.circuit.get(at)]!;
  const step = columns.step.get(at);
  const isReset = step === 0;
  const target = measured.row('target', at).slice();
  const valid = isValid(evaluation);
  const { distances, reward, met } = circuit.score(evaluation.measures, valid, target);

  const from = isReset
    ? null
    : {
        u: sizing.row('u', at).slice(),
        z: measured.row('z', at).slice(),
        valid: measured.columns.valid.get(at) === 1,
        action: sizing.row('action', at).slice(),
      };
  const u = sizing.row('nextU', at).slice();
  const z = valid ? circuit.toZ(evaluation.measures) : new Float32Array(evaluation.measures.length);
  const parameters = circuit.toPhysical(u);
  sizing.row('u', at).set(u);
  sizing.row('physical', at).set(parameters);
  measured.row('z', at).set(z);
  measured.row('measures', at).set(evaluation.measures);
  measured.row('distances', at).set(distances);
  measured.columns.valid.set(at, valid ? 1 : 0);
  measured.columns.failure.set(at, evaluation.failure ?? '');
  columns.invalidRun.set(at, valid ? 0 : columns.invalidRun.get(at) + 1);
  if (called) columns.simulations.add(at, 1);

  const episodic = agentEpisodic || phase === 'evaluation';
  const done =
    met ||
    (episodic && step >= circuit.episodeSteps) ||
    (phase === 'training' && columns.invalidRun.get(at) >= configuration.resetAfterInvalid);
  outcome.columns.reward.set(at, reward);
  outcome.columns.bestReward.set(at, isReset ? reward : Math.max(reward, outcome.columns.bestReward.get(at)));
  outcome.columns.met.set(at, met ? 1 : 0);
  outcome.columns.done.set(at, done ? 1 : 0);
  columns.stage.set(at, done && episodic ? Stage.fresh : Stage.ready);
  setState(stores, at, met ? 'met' : valid ? 'idle' : ENGINE_FAILURES.includes(evaluation.failure) ? 'failed' : 'invalid');

  const observation: Observation = {
    slot: columns.slot.get(at),
    circuit: circuit.info,
    from,
    u,
    z,
    valid,
    measures: evaluation.measures,
    target,
    reward,
    met,
    done,
  };
  const simulation = called ? countCall(world, circuit.info, evaluation, phase) : 0;
  if (called && valid) keepBest(world, circuit, { simulation, parameters, measures: evaluation.measures }, phase);
  const transition: Transition = {
    phase,
    observation,
    evaluation,
    parameters,
    predicted: predictionOf(stores, at),
    origin: columns.origin.get(at),
    episode: columns.episode.get(at),
    step,
    bestReward: outcome.columns.bestReward.get(at),
    simulation,
  };
  world.resource(Tick).transitions.push(transition);
  return transition;
}

function predictionOf({ predicted }: EnvironmentStores, at: number): Transition['predicted'] {
  const { known, validity } = predicted.columns;
  if (known.get(at) === 0) return null;
  return { z: predicted.row('z', at).slice(), spread: predicted.row('spread', at).slice(), validity: validity.get(at) };
}

/** Keeps the best point against the benchmark target, and notes when one first met it. */
function keepBest(
  world: World,
  circuit: RunCircuit,
  point: Pick<BestPoint, 'simulation' | 'parameters' | 'measures'>,
  phase: Transition['phase'],
): void {
  const count = world.resource(Counts).circuits[circuit.info.index]!;
  const { distances, reward, met } = circuit.score(point.measures, true, circuit.benchmark);
  if (count.best !== null && reward <= count.best.reward) return;
  count.best = { ...point, reward, distances, met };
  if (!met || count.stepsToTarget !== null) return;
  count.stepsToTarget = count.training;
  if (phase === 'training') evaluateFirstMet(world, circuit.info.index);
  world.resource(Run).report({
    level: 'info',
    kind: 'target-met',
    message: `${circuit.info.id} met its benchmark target after ${count.training} training simulations`,
  });
}
