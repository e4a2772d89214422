import type { Diagnosis } from '../api';
import { mean, standardDeviation } from '../base';
import type { World } from '../ecs';
import { modelErrors } from './agent-facts';
import { Counts, DiagnosisState, Run, Tick, type Transition, wasByChance } from './resources';

/** Training simulations that a diagnosis looks back on, once the random phase of a circuit is over. */
export const WINDOW = 120;
/** Gains below this share of what is missing are no progress. */
const PROGRESS = 0.01;
/** What counts as near the target: shortfall of the reward. */
const NEAR = 0.002;
/** Standard deviation of rewards, which lie in (-1, 0], and a rise of their mean that excuses it. */
const HIGH_DEVIATION = 0.25;
const RISE = 0.05;
/** Error of the neural simulator, in units of z, that makes it the likely cause. */
const HIGH_ERROR = 0.3;
/** Mean distance of proposals from the best sizing (largest parameter, share of the range) below which nothing is explored. */
const COLLAPSED = 0.02;
/** Share of invalid sizings that is too large, and that makes rewards erratic by itself. */
const MOSTLY_INVALID = 0.5;
const MANY_INVALID = 0.1;

/**
 * Looks for the three signatures of a training that goes wrong, circuit by circuit, from simulations alone: flat
 * performance, high variance of rewards, slow convergence; and names the likely cause. A signature is told once when it
 * shows, stays in the snapshot while it holds, and may come again.
 */
export function diagnose(world: World): void {
  const { circuits, configuration, report } = world.resource(Run);
  const { transitions } = world.resource(Tick);
  const state = world.resource(DiagnosisState);
  for (const transition of transitions) if (transition.phase === 'training' && transition.simulation > 0) look(world, transition);
  const found: Diagnosis[] = [];
  for (const { info } of circuits) {
    const seen = state.circuits[info.index];
    const count = world.resource(Counts).circuits[info.index]!;
    const over = !count.present || (count.best?.met === true && configuration.targets === 'benchmark');
    if (!seen || over || seen.rewards.length < WINDOW) continue;
    for (const kind of ['flat', 'variance', 'slow'] as const) {
      const what = signatures[kind](world, info.index);
      if (what === null) continue;
      const { cause, why } = likelyCause(world, info.index, kind === 'variance' ? MANY_INVALID : MOSTLY_INVALID);
      const known = state.found.find((one) => one.circuit === info.index && one.kind === kind);
      const message = `${info.id}: ${what}; likely cause: ${why}`;
      found.push({ circuit: info.index, kind, cause, message, since: known?.since ?? count.training });
      if (!known) report({ level: 'warning', kind: `diagnosis-${kind}`, message });
    }
  }
  state.found = found;
}

/** Notes a simulation that the agent chose; those of the random phase and starts of episodes tell nothing of it. */
function look(world: World, transition: Transition): void {
  if (transition.origin === 'reset' || wasByChance(transition)) return;
  const { observation } = transition;
  const { index } = observation.circuit;
  const { circuits } = world.resource(Run);
  const circuit = circuits[index]!;
  const state = world.resource(DiagnosisState);
  while (state.circuits.length <= index)
    state.circuits.push({ rewards: [], distances: [], valid: [], shortfalls: [], best: null });
  const seen = state.circuits[index]!;
  const { reward } = circuit.score(observation.measures, observation.valid, circuit.benchmark);
  const shortfall = -Math.min(0, reward);
  if (observation.valid && (seen.best === null || shortfall < seen.best.shortfall)) seen.best = { shortfall, u: observation.u };
  const best = seen.best;
  const distance = best ? observation.u.reduce((far, x, i) => Math.max(far, Math.abs(x - best.u[i]!)), 0) : 1;
  for (const [list, value] of [
    [seen.rewards, Math.min(0, observation.reward)],
    [seen.distances, distance],
    [seen.valid, observation.valid ? 1 : 0],
    [seen.shortfalls, best?.shortfall ?? 1],
  ] as const) {
    list.push(value);
    if (list.length > WINDOW) list.shift();
  }
}

/** What is wrong, in words with figures; null where the signature does not show. */
const signatures: Readonly<Record<Diagnosis['kind'], (world: World, circuit: number) => string | null>> = {
  flat(world, circuit) {
    const { shortfalls } = world.resource(DiagnosisState).circuits[circuit]!;
    const before = shortfalls[0]!;
    const now = shortfalls.at(-1)!;
    if (world.resource(Run).configuration.targets === 'range' || now === 0 || before - now > PROGRESS * before) return null;
    return `performance is flat: the best sizing has missed its target by ${percent(now)} for ${WINDOW} simulations`;
  },

  variance(world, circuit) {
    const { rewards } = world.resource(DiagnosisState).circuits[circuit]!;
    const deviation = standardDeviation(rewards);
    const rise = mean(rewards.slice(WINDOW / 2)) - mean(rewards.slice(0, WINDOW / 2));
    if (deviation < HIGH_DEVIATION || rise > RISE) return null;
    return `rewards vary much: a standard deviation of ${deviation.toFixed(2)} over ${WINDOW} simulations, and no rise`;
  },

  slow(world, circuit) {
    const { shortfalls } = world.resource(DiagnosisState).circuits[circuit]!;
    const { configuration } = world.resource(Run);
    const counts = world.resource(Counts);
    const before = shortfalls[0]!;
    const now = shortfalls.at(-1)!;
    if (configuration.targets === 'range' || now <= NEAR || before - now <= PROGRESS * before) return null;
    // What is missing shrinks by the same factor in the same number of simulations, as it did last.
    const needed = (WINDOW * Math.log(now / NEAR)) / Math.log(before / now);
    const left = (configuration.budget - counts.training) * counts.circuits[circuit]!.share;
    if (needed <= left) return null;
    return `convergence is slow: at this rate ${Math.round(needed)} simulations are needed and ${Math.round(left)} are left`;
  },
};

function likelyCause(
  world: World,
  circuit: number,
  tooInvalid: number,
): { readonly cause: Diagnosis['cause']; readonly why: string } {
  const { distances, valid } = world.resource(DiagnosisState).circuits[circuit]!;
  const { scheduled } = world.resource(Tick);
  const error = modelErrors(world).errorByCircuit[circuit] ?? Number.NaN;
  const far = mean(distances.slice(-WINDOW / 2));
  const invalid = 1 - mean(valid);
  if (error > HIGH_ERROR)
    return { cause: 'model', why: `model error, the neural simulator is off by ${error.toFixed(2)} on results it had not seen` };
  if (invalid > tooInvalid)
    return { cause: 'exploration', why: `exploration, ${percent(invalid)} of the sizings tried are invalid` };
  if (far < COLLAPSED)
    return { cause: 'exploration', why: `exploration, sizings are tried within ${percent(far)} of the best one only` };
  if (Number.isNaN(error)) return { cause: 'exploration', why: 'exploration, for there is no neural simulator to blame' };
  const { updates, realRatio, rollouts } = scheduled;
  return {
    cause: 'schedule',
    why: `the schedule (${percent(realRatio)} real data, ${updates.toFixed(1)} updates, ${rollouts} rollouts), for the neural simulator is good and the space is explored`,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
