import type { AgentCircuit, Proposal, Situation } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { type Candidate, firstCandidates, type RandomSource, randomDirection, refinedCandidates } from './candidates';
import { ACT_CHUNK, type Programs, RANK_CHUNK } from './programs';
import { normaliseTarget, type Prediction } from './targets';

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
    const mean = await program.read('mean');
    const logStd = await program.read('logStd');
    chunk.forEach((_, i) => {
      result.push({ mean: mean.slice(i * p, (i + 1) * p), logStd: logStd.slice(i * p, (i + 1) * p) });
    });
  }
  return result;
}

interface Valued {
  /** Worth of each sizing under each member, [members][n]. */
  readonly worth: Float32Array[];
  prediction(i: number): Prediction;
}

/** The ensemble's opinion of sizings of one circuit for one target. */
async function valueSizings(
  programs: Programs,
  circuit: AgentCircuit,
  sizings: readonly Float32Array[],
  goal: Float32Array,
  members: number,
): Promise<Valued> {
  const program = programs.rank[circuit.info.index]!;
  const p = circuit.info.parameters.length;
  const s = circuit.info.specs.length;
  const worth = Array.from({ length: members }, () => new Float32Array(sizings.length));
  const z = new Float32Array(sizings.length * s);
  const spread = new Float32Array(sizings.length * s);
  const validity = new Float32Array(sizings.length);
  const goals = new Float32Array(RANK_CHUNK * s);
  for (let i = 0; i < RANK_CHUNK; i++) goals.set(goal, i * s);
  program.write('goal', goals);
  for (let first = 0; first < sizings.length; first += RANK_CHUNK) {
    const count = Math.min(RANK_CHUNK, sizings.length - first);
    const u = new Float32Array(RANK_CHUNK * p);
    for (let i = 0; i < count; i++) u.set(sizings[first + i]!, i * p);
    program.write('u', u);
    program.run();
    const values = await program.read('worth');
    for (let g = 0; g < members; g++) worth[g]!.set(values.subarray(g * RANK_CHUNK, g * RANK_CHUNK + count), first);
    z.set((await program.read('z')).subarray(0, count * s), first * s);
    spread.set((await program.read('spread')).subarray(0, count * s), first * s);
    validity.set((await program.read('validity')).subarray(0, count), first);
  }
  return {
    worth,
    prediction: (i) => ({ z: z.slice(i * s, (i + 1) * s), spread: spread.slice(i * s, (i + 1) * s), validity: validity[i]! }),
  };
}

/**
 * Ranked exploration: many candidate steps are valued by the ensemble, and the best is paid for. Environments that act
 * in the same tick see the same ensemble; each weighs its members differently, and none repeats another's sizing.
 */
export async function rankedProposals(
  programs: Programs,
  circuit: AgentCircuit,
  situations: readonly Situation[],
  best: Float32Array | null,
  hyper: HyperParameters,
  random: RandomSource,
): Promise<Proposal[]> {
  const policies = await policyAt(programs, circuit, situations, hyper.margin);
  const taken: Float32Array[] = [];
  const proposals: Proposal[] = [];
  for (const [index, situation] of situations.entries()) {
    const goal = normaliseTarget(circuit, situation.target, hyper.margin);
    let round = firstCandidates({ u: situation.u, best, ...policies[index]! }, hyper, random);
    let chosen: { candidate: Candidate; u: Float32Array; value: number; predicted: Prediction } | null = null;
    for (let refinement = 0; refinement <= hyper.refinements; refinement++) {
      const sizings = round.map(({ action }) => stepped(situation.u, action, hyper.actionScale));
      const valued = await valueSizings(programs, circuit, sizings, goal, hyper.members);
      const values = sizings.map((u, i) => valueOf(valued.worth, i, situation.slot % hyper.members, hyper) - crowding(u, taken));
      const order = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
      const top = order[0]!;
      if (!chosen || values[top]! > chosen.value) {
        chosen = { candidate: round[top]!, u: sizings[top]!, value: values[top]!, predicted: valued.prediction(top) };
      }
      if (refinement < hyper.refinements) round = refinedCandidates(round, order, Math.ceil(hyper.candidates / 2), random);
    }
    const { candidate, u, predicted } = chosen!;
    taken.push(u);
    proposals.push({ slot: situation.slot, u, action: candidate.action, predicted, origin: candidate.origin });
  }
  return proposals;
}

/** Mean over members leaning to the environment's own member, plus optimism times their disagreement. */
function valueOf(worth: readonly Float32Array[], i: number, own: number, hyper: HyperParameters): number {
  const mean = worth.reduce((sum, member) => sum + member[i]!, 0) / worth.length;
  const deviation = Math.sqrt(worth.reduce((sum, member) => sum + (member[i]! - mean) ** 2, 0) / worth.length);
  return (1 - hyper.ownMember) * mean + hyper.ownMember * worth[own]![i]! + hyper.optimism * deviation;
}

/** A sizing within 1 % of the range of one already chosen this tick teaches nothing new. */
function crowding(u: Float32Array, taken: readonly Float32Array[]): number {
  for (const other of taken) {
    if (u.every((x, i) => Math.abs(x - other[i]!) < 0.01)) return 1;
  }
  return 0;
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
