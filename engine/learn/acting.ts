import type { AgentCircuit, Proposal, Situation } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { bredSizings, firstCandidates, type RandomSource, randomDirection } from './candidates';
import { correctedOpinions } from './correction';
import { type Opinions, overMembers } from './ensemble';
import type { Knowledge } from './knowledge';
import { normaliseTarget } from './normalise-target';
import { ACT_CHUNK, type Programs } from './programs';
import type { Stance } from './stances';
import { expectationAt, worthAt } from './worth';

/** The policy's distribution at each situation (all of one circuit), before squashing: [P] each. */
export async function policyAt(
  programs: Programs,
  circuit: AgentCircuit,
  situations: readonly Situation[],
  margin: number,
): Promise<{ readonly mean: Float32Array; readonly logStd: Float32Array }[]> {
  const program = programs.act[circuit.info.index]!;
  const p = circuit.info.parameters.length;
  const s = circuit.info.specs.length;
  const result: { mean: Float32Array; logStd: Float32Array }[] = [];
  for (let first = 0; first < situations.length; first += ACT_CHUNK) {
    const chunk = situations.slice(first, first + ACT_CHUNK);
    const u = new Float32Array(ACT_CHUNK * p);
    const z = new Float32Array(ACT_CHUNK * s);
    const goal = new Float32Array(ACT_CHUNK * s);
    const valid = new Float32Array(ACT_CHUNK);
    chunk.forEach((situation, i) => {
      u.set(situation.u, i * p);
      z.set(situation.z, i * s);
      goal.set(normaliseTarget(circuit, situation.target, margin), i * s);
      valid[i] = situation.valid ? 1 : 0;
    });
    program.write('u', u);
    program.write('z', z);
    program.write('goal', goal);
    program.write('valid', valid);
    program.run();
    const [mean, logStd] = await Promise.all([program.read('mean'), program.read('logStd')]);
    chunk.forEach((_, i) => {
      result.push({ mean: mean.slice(i * p, (i + 1) * p), logStd: logStd.slice(i * p, (i + 1) * p) });
    });
  }
  return result;
}

/** Environments up to which each breeds candidates as if it were alone. */
const SHARED_BY = 8;
/** Bred from are the best of those within reach: one in so many, and enough of them for differences in all directions. */
const ELITE_ONE_IN = 10;
const SMALLEST_ELITE = 8;
/** Share of the range within which two sizings of one tick would tell the same. */
const CROWD = 0.01;

/** A candidate as one environment values it, and where what is believed of it stands. */
interface Valued {
  readonly u: Float32Array;
  readonly origin: string;
  readonly value: number;
  readonly opinions: Opinions;
  readonly at: number;
}

/**
 * Ranked exploration: many candidate sizings are valued by the ensemble, and the best is paid for. All environments of a
 * circuit share one pool of candidates, whose best are bred further for a few rounds. Environments that act in the same
 * tick see the same ensemble; each weighs its members differently, and none repeats another's sizing.
 *
 * @param situations all of one circuit and one target
 * @param stances by slot
 */
export async function rankedProposals(
  programs: Programs,
  circuit: AgentCircuit,
  situations: readonly Situation[],
  stances: ReadonlyMap<number, Stance>,
  knowledge: Knowledge,
  hyper: HyperParameters,
  random: RandomSource,
): Promise<Proposal[]> {
  const policies = await policyAt(programs, circuit, situations, hyper.margin);
  const goal = normaliseTarget(circuit, situations[0]!.target, hyper.margin);
  const { best } = knowledge;
  const bases = situations.map((situation) => baseOf(situation, stances.get(situation.slot)!, knowledge, hyper, random));
  const reaches = bases.map(({ isBest }) => hyper.actionScale * reachOf(isBest, hyper, random));
  // They share what they breed: many need fewer each.
  const bred = Math.ceil((hyper.candidates / 2) * Math.min(1, SHARED_BY / situations.length));
  /** Of each environment: the candidates within its reach, whoever thought of them. */
  const within: Valued[][] = situations.map(() => []);

  for (let round = 0; round <= hyper.refinements; round++) {
    const fresh = situations.flatMap((_, i) => {
      if (round === 0) {
        return firstCandidates({ u: bases[i]!.u, best, ...policies[i]! }, hyper, random).map(({ action, origin }) => ({
          u: stepped(bases[i]!.u, action, reaches[i]!),
          origin: origin as string,
        }));
      }
      const elite = within[i]!.slice(0, Math.max(SMALLEST_ELITE, Math.ceil(within[i]!.length / ELITE_ONE_IN))).map(({ u }) => u);
      return bredSizings(elite, bases[i]!.u, reaches[i]!, bred, random).map((u) => ({
        u,
        origin: 'bred',
      }));
    });
    const sizings = fresh.map(({ u }) => u);
    const opinions = await correctedOpinions(programs, circuit, sizings, knowledge.correction, hyper.members);
    for (const [at, { u, origin }] of fresh.entries()) {
      const worth = worthAt(circuit, opinions, at, goal);
      for (const [i, situation] of situations.entries()) {
        if (!u.every((x, k) => Math.abs(x - bases[i]!.u[k]!) <= reaches[i]! + 1e-6)) continue;
        const value = candidateValue(worth, stances.get(situation.slot)!.member, hyper);
        within[i]!.push({ u, origin, value, opinions, at });
      }
    }
    for (const candidates of within) candidates.sort((a, b) => b.value - a.value);
  }

  const taken: Float32Array[] = [];
  return situations.map((situation, i) => {
    const chosen = within[i]!.find(({ u }) => !crowds(u, taken)) ?? within[i]![0]!;
    taken.push(chosen.u);
    // It may be a jump that no action makes; it is remembered as such.
    const action = chosen.u.map((x, k) => (x - situation.u[k]!) / hyper.actionScale);
    const predicted = expectationAt(chosen.opinions, chosen.at, goal.length);
    return { slot: situation.slot, u: chosen.u, action, predicted, origin: chosen.origin };
  });
}

/** A sizing around which an environment looks. */
interface Base {
  readonly u: Float32Array;
  /** Of all that are known, not of its episode only. */
  readonly isBest: boolean;
}

/**
 * Around which sizing an environment looks. Far from the target half of the environments keep to the best one, and half to the best of their own
 * episode: where the first good sizing lies in a valley without an end, another is found beside it.
 */
export function baseOf(
  { u, told }: Situation,
  { apart, own }: Stance,
  { best, shortfall }: Knowledge,
  { fromBest, apartBeyond }: HyperParameters,
  random: RandomSource,
): Base {
  const here = { u, isBest: false };
  if (!best) return here;
  if (told || shortfall <= apartBeyond) return random.uniform() < fromBest ? { u: best, isBest: true } : here;
  return apart ? { u: own, isBest: false } : { u: best, isBest: true };
}

/**
 * How many actions far an environment looks this time. Around the best point also much nearer: wherever a prediction is a
 * little too good is chosen first, far off more than close by, so that the last per cent would never be tried.
 */
function reachOf(isBest: boolean, { farChance, farReach, nearReach }: HyperParameters, random: RandomSource): number {
  if (random.uniform() < farChance) return farReach ** random.uniform();
  return isBest ? nearReach ** random.uniform() : 1;
}

/** Mean over members leaning to the environment's own member, plus optimism times their disagreement. */
function candidateValue(worth: readonly number[], own: number, hyper: HyperParameters): number {
  const { mean, spread } = overMembers(worth);
  return (1 - hyper.ownMember) * mean + hyper.ownMember * worth[own]! + hyper.optimism * spread;
}

/** A sizing that is almost one already chosen this tick teaches nothing new. */
function crowds(u: Float32Array, taken: readonly Float32Array[]): boolean {
  return taken.some((other) => u.every((x, i) => Math.abs(x - other[i]!) < CROWD));
}

/** The policy as it is: its mean (`deterministic`) or a sample. */
export async function plainProposals(
  programs: Programs,
  circuit: AgentCircuit,
  situations: readonly Situation[],
  hyper: HyperParameters,
  random: RandomSource | null,
): Promise<Proposal[]> {
  const policies = await policyAt(programs, circuit, situations, hyper.margin);
  return situations.map((situation, i) => {
    const { mean, logStd } = policies[i]!;
    const action = mean.map((m, k) => Math.tanh(random ? m + Math.exp(logStd[k]!) * random.normal() : m));
    return { slot: situation.slot, u: stepped(situation.u, action, hyper.actionScale), action, origin: 'policy' };
  });
}

/** The first, random phase: points uniform over the space, and walks from where the environment stands. */
export function randomProposal(situation: Situation, hyper: HyperParameters, random: RandomSource): Proposal {
  if (random.uniform() < hyper.warmupUniform) {
    const u = Float32Array.from(situation.u, () => random.uniform());
    return { slot: situation.slot, u, action: u.map((x, i) => (x - situation.u[i]!) / hyper.actionScale), origin: 'random' };
  }
  const action = randomDirection(situation.u.length, random);
  return { slot: situation.slot, u: stepped(situation.u, action, hyper.actionScale), action, origin: 'random' };
}

function stepped(u: Float32Array, action: Float32Array, scale: number): Float32Array {
  return u.map((x, i) => Math.max(0, Math.min(1, x + scale * action[i]!)));
}
