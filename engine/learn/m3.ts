import type {
  Agent,
  AgentCircuit,
  AgentMetrics,
  AgentParts,
  AgentState,
  Observation,
  Proposal,
  ProposalPhase,
  RandomState,
  Scheduled,
  Situation,
} from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import { ContentHash } from '../base';
import type { Executor, Program } from '../tensor';
import { plainProposals, randomProposal, rankedProposals } from './acting';
import { attributeActions } from './attribution';
import type { RandomSource } from './candidates';
import { askNetworks } from './ensemble';
import { createKnowledgeBase, type KnowledgeBase } from './knowledge';
import { createLens } from './look';
import { type CircuitMemory, createMemory, filledCounts, remember } from './memory';
import { createLearningState, growLearningState } from './networks';
import { preparePrograms } from './programs';
import { packPoints, restoreGroups, restorePool, type SavedTensors, saveGroups, savePool, unpackPoints } from './saved-state';
import { createStances, type StancesState } from './stances';
import { createSurprise, type SurpriseState } from './surprise';
import { UPDATE_STATISTICS } from './update-plan';
import { expectationAt } from './worth';

export interface M3Options {
  readonly circuits: readonly AgentCircuit[];
  readonly hyper: HyperParameters;
  readonly executor: Executor;
  /** Seed of the numbers drawn on the device. */
  readonly seed: number;
  /** Streams of their own for initial weights and for acting, so that neither shifts the other. */
  readonly weights: RandomSource;
  readonly acting: RandomSource & { state(): RandomState; restore(state: RandomState): void };
  /** Lets pending messages through between chunks of work; told how much of the step is done where that is known. */
  readonly breathe: (progress?: number) => Promise<void>;
}

/** Replays between two changes of a rate, and between two breaths: a pause waits for one breath. */
const CHUNK = 8;
const BREATH = 2;

/** Switches that are made of others: without a neural simulator there is nothing that it could value. */
function withSwitches(hyper: HyperParameters): HyperParameters {
  return hyper.modelBased === 0 ? { ...hyper, imaginedWeight: 0, candidates: 0 } : hyper;
}

/** Situations that aim at the same target and know the same, together. */
function byTarget(situations: readonly Situation[]): readonly Situation[][] {
  const groups = new Map<string, Situation[]>();
  for (const situation of situations) {
    const key = `${situation.target.join()}${situation.told ? ` ${situation.slot}` : ''}`;
    groups.set(key, [...(groups.get(key) ?? []), situation]);
  }
  return [...groups.values()];
}

/** What of a saved state is no tensor. */
interface M3Facts {
  readonly memories: readonly Pick<
    CircuitMemory,
    'here' | 'idle' | 'simulations' | 'real' | 'synthetic' | 'fitted' | 'kernelsFrom'
  >[];
  /** Circuits that had a share in batches. */
  readonly participants: readonly boolean[];
  readonly surprise: { readonly networks: SurpriseState; readonly ranking: SurpriseState };
  readonly stances?: StancesState;
  readonly metrics: Readonly<Record<string, number>>;
  readonly acting: RandomState;
  readonly counts: readonly [unfitted: number, fits: number, fitSteps: number, unspentUpdates: number, unspentRollouts: number];
}

/**
 * M3 (after arXiv 2411.16019; formulas and sizes are ours): a Mamba policy, twin Mamba critics and an ensemble of Mamba
 * networks that stands in for the simulator, trained on a scheduled mix of real and imagined transitions. Top to bottom:
 * propose (act), observe (real buffer), fit (neural simulator), rollout (synthetic buffer), train (actor and critics).
 */
export function createM3(options: M3Options): Agent {
  const { executor, acting, breathe } = options;
  const hyper = withSwitches(options.hyper);
  const circuits = [...options.circuits];
  const memories = circuits.map(({ info }) => createMemory(info));
  let state = createLearningState(circuits, hyper, options.weights, options.seed);
  for (const group of state.groups) executor.allocate(group);
  let programs = preparePrograms(executor, state, hyper, participants());
  const lens = createLens(executor, () => state, hyper);
  /** What the networks say of a sizing that is to be simulated, and what it was chosen for: theirs with corrections. */
  const networksSurprise = createSurprise('model');
  const rankingSurprise = createSurprise('ranking');
  const stances = createStances();
  const metrics: Record<string, number> = {};
  const knowledge = circuits.map(knowledgeOf);
  let unfitted = 0;
  let fits = 0;
  let fitSteps = 0;
  let unspentUpdates = 0;
  let unspentRollouts = 0;

  /** Training begins with the first fit; without a neural simulator, with the end of the random phases. */
  const trains = () => (hyper.modelBased === 0 ? areThrough() : fits > 0);
  const ready = (index: number) => trains() && programs.participants[index]! && isThrough(memories[index]!);
  const filled = () => filledCounts(memories, state.pool);

  /** Whether a circuit's random phase is over. */
  function isThrough({ simulations }: CircuitMemory): boolean {
    return simulations >= hyper.warmup;
  }

  /** Whether all random phases are over. A circuit of which no more simulations come is not waited for: its own would never end. */
  function areThrough(): boolean {
    const here = memories.filter((memory) => memory.here);
    return here.some(isThrough) && here.every((memory) => memory.idle || isThrough(memory));
  }

  /** Whether each circuit has its place in the batches: it is here and through with its random phase. */
  function participants(): boolean[] {
    const now = memories.map((memory) => memory.here && isThrough(memory));
    // Before the first fit nothing is trained: all that are here are counted on.
    return now.includes(true) ? now : memories.map(({ here }) => here);
  }

  /** Batches anew where a circuit has come through its random phase, or has left. @returns whether one is new in them */
  async function reshareBatches(now: readonly boolean[] = participants()): Promise<boolean> {
    const before = programs.participants;
    if (now.every((takes, c) => takes === before[c])) return false;
    programs.dispose();
    programs = preparePrograms(executor, state, hyper, now);
    await executor.ready?.();
    await breathe();
    return now.some((takes, c) => takes && !before[c]);
  }

  async function join(circuit: AgentCircuit): Promise<void> {
    const { index } = circuit.info;
    if (index === circuits.length) {
      programs.dispose();
      lens.reset();
      state = await growLearningState(executor, state, circuit, hyper);
      circuits.push(circuit);
      memories.push(createMemory(circuit.info));
      knowledge.push(knowledgeOf(circuit));
      programs = preparePrograms(executor, state, hyper, participants());
      await executor.ready?.();
    }
    Object.assign(memories[index]!, { here: true, idle: false });
    await reshareBatches();
  }

  function knowledgeOf(circuit: AgentCircuit): KnowledgeBase {
    return createKnowledgeBase(circuit, memories[circuit.info.index]!, hyper);
  }

  async function leave(index: number): Promise<void> {
    memories[index]!.here = false;
    await reshareBatches();
  }

  async function propose(situations: readonly Situation[], phase: ProposalPhase): Promise<readonly Proposal[]> {
    const proposals: Proposal[] = [];
    for (const circuit of circuits) {
      const here = situations.filter((situation) => situation.circuit.index === circuit.info.index);
      if (here.length === 0) continue;
      const made = await proposeFor(circuit, here, phase);
      proposals.push(...(phase === 'training' ? await expectResults(circuit, made) : made));
      await breathe();
    }
    return proposals;
  }

  async function proposeFor(circuit: AgentCircuit, here: readonly Situation[], phase: ProposalPhase): Promise<Proposal[]> {
    const { index } = circuit.info;
    if (phase === 'evaluation') return plainProposals(programs, circuit, here, hyper, null);
    if (!ready(index)) return here.map((situation) => randomProposal(situation, hyper, acting));
    if (hyper.candidates === 0) return plainProposals(programs, circuit, here, hyper, acting);
    const proposals: Proposal[] = [];
    const stancesHere = stances.of(here, hyper.members);
    // Environments that aim at the same target share what is known and what is thought of.
    for (const aiming of byTarget(here)) {
      const known = await knowledge[index]!.of(programs, aiming[0]!.target, aiming[0]!.told);
      proposals.push(...(await rankedProposals(programs, circuit, aiming, stancesHere, known, hyper, acting)));
      await breathe();
    }
    return proposals;
  }

  /**
   * Notes what is expected of sizings before they are simulated: the only results that nothing was fitted to. Those that were not
   * ranked say what the networks expect.
   */
  async function expectResults(circuit: AgentCircuit, proposals: readonly Proposal[]): Promise<readonly Proposal[]> {
    const sizings = proposals.map(({ u }) => u);
    const knows = hyper.modelBased !== 0 && ready(circuit.info.index);
    const said = knows ? await askNetworks(programs, circuit, sizings, hyper.members) : null;
    return proposals.map((proposal, i) => {
      const { slot, predicted = null } = proposal;
      const expected = said && expectationAt(said, i, circuit.info.specs.length);
      networksSurprise.expect(slot, expected);
      rankingSurprise.expect(slot, predicted);
      return predicted === null && expected !== null ? { ...proposal, predicted: expected } : proposal;
    });
  }

  function observe(observations: readonly Observation[]): void {
    for (const seen of observations) {
      remember(executor, state.pool, memories[seen.circuit.index]!, seen, hyper.actionScale);
      stances.observe(seen);
      networksSurprise.compare(seen);
      rankingSurprise.compare(seen);
      unfitted++;
    }
  }

  /** Step 2: the neural simulator learns from the real buffer when enough is new. */
  async function fit(shares: readonly number[]): Promise<number> {
    for (const [c, memory] of memories.entries()) memory.idle = shares[c] === 0;
    if (hyper.modelBased === 0) {
      await reshareBatches();
      return 0;
    }
    const first = fits === 0;
    const due = first ? areThrough() : unfitted >= hyper.fitEvery;
    if (!due) return 0;
    const newcomer = await reshareBatches();
    const steps = first || newcomer ? hyper.firstFitSteps : Math.round((hyper.fitSteps * unfitted) / hyper.fitEvery);
    programs.fit.write('filled', filled());
    await replay(programs.fit, steps, (progress) => {
      programs.fit.write('rate', Float32Array.of(hyper.modelRate * (1 - (1 - hyper.fitAnneal) * progress)));
    });
    await readMetrics(programs.fit, 'model', ['measureLoss', 'validityLoss']);
    for (const memory of memories) memory.fitted = memory.simulations;
    if (fits % hyper.syntheticFits === 0) for (const memory of memories) memory.synthetic = 0;
    unfitted = 0;
    fits++;
    fitSteps += steps;
    return steps;
  }

  /** Step 3: the policy acts in the neural simulator; the synthetic buffer takes what comes of it. */
  async function rollout({ rollouts, rolloutLength }: Scheduled): Promise<number> {
    if (fits === 0 || rollouts === 0 || hyper.synthetic === 0) return 0;
    const program = programs.rollout;
    unspentRollouts += rollouts;
    const replays = Math.floor(unspentRollouts / program.sequences);
    unspentRollouts -= replays * program.sequences;
    for (let i = 0; i < replays; i++) {
      program.write('filled', filled());
      for (let step = 0; step < rolloutLength; step++) {
        program.write('fresh', Float32Array.of(step === 0 ? 1 : 0));
        program.write('slots', Float32Array.from(program.circuitOfSequence, syntheticSlot));
        program.run();
      }
      await breathe();
    }
    return replays * program.sequences * rolloutLength;
  }

  function syntheticSlot(circuit: number): number {
    const { realCapacity, syntheticCapacity } = state.pool;
    return realCapacity + (memories[circuit]!.synthetic++ % syntheticCapacity);
  }

  /** Step 4: actor and critics train on the scheduled mix. */
  async function train({ realRatio, realRatioByCircuit, updates }: Scheduled, newSimulations: number): Promise<number> {
    if (!trains()) return 0;
    unspentUpdates += updates * newSimulations;
    const count = Math.floor(unspentUpdates);
    unspentUpdates -= count;
    if (count === 0) return 0;
    programs.update.write('filled', filled());
    programs.update.write(
      'realRatio',
      Float32Array.from(circuits, (_, c) => realRatioByCircuit?.[c] ?? realRatio),
    );
    await replay(programs.update, count);
    await readMetrics(programs.update, 'agent', UPDATE_STATISTICS);
    return count;
  }

  async function readMetrics(program: Program, group: string, names: readonly string[]): Promise<void> {
    const values = await Promise.all(names.map((name) => program.read(name)));
    for (const [i, name] of names.entries()) metrics[`${group}/${name}`] = values[i]![0]!;
  }

  async function replay(
    program: { run(times?: number): void },
    times: number,
    before?: (progress: number) => void,
  ): Promise<void> {
    for (let done = 0; done < times; done += CHUNK) {
      before?.(done / times);
      const end = Math.min(done + CHUNK, times);
      for (let at = done; at < end; at += BREATH) {
        program.run(Math.min(BREATH, end - at));
        await breathe(Math.min(at + BREATH, end) / times);
      }
    }
  }

  function describe(): AgentParts {
    const { realCapacity, syntheticCapacity } = state.pool;
    const errors = circuits.map((_, index) => networksSurprise.error(index));
    const known = errors.filter((error) => !Number.isNaN(error));
    return {
      buffers: memories.flatMap((memory, circuit) => [
        { kind: 'real', circuit, size: Math.min(memory.real, realCapacity), capacity: realCapacity },
        { kind: 'synthetic', circuit, size: Math.min(memory.synthetic, syntheticCapacity), capacity: syntheticCapacity },
      ]),
      neuralSimulators: [
        { members: hyper.members, fitSteps, error: known.reduce((sum, e) => sum + e, 0) / known.length, errorByCircuit: errors },
      ],
    };
  }

  async function weightsHash(): Promise<string> {
    const hash = new ContentHash();
    for (const group of [state.model.group, state.actor.group, state.critic.group]) hash.numbers(await executor.read(group.name));
    return hash.digest();
  }

  /** All groups but the pool, of which only the filled slots count. */
  const savedGroups = () => state.groups.filter((group) => group !== state.pool.group);

  async function saveState(): Promise<AgentState> {
    const tensors: SavedTensors = new Map();
    await saveGroups(executor, savedGroups(), tensors);
    await savePool(executor, state.pool, memories, tensors);
    for (const [c, { info }] of circuits.entries()) {
      const { length: p } = info.parameters;
      const { length: s } = info.specs;
      tensors.set(`points.${info.id}`, packPoints(memories[c]!.points, p, s));
    }
    const facts: M3Facts = {
      memories: memories.map(({ here, idle, simulations, real, synthetic, fitted, kernelsFrom }) => ({
        here,
        idle,
        simulations,
        real,
        synthetic,
        fitted,
        kernelsFrom,
      })),
      participants: [...programs.participants],
      surprise: { networks: networksSurprise.state(), ranking: rankingSurprise.state() },
      stances: stances.state(),
      metrics: { ...metrics },
      acting: acting.state(),
      counts: [unfitted, fits, fitSteps, unspentUpdates, unspentRollouts],
    };
    return { facts, tensors };
  }

  async function restoreState({ facts, tensors }: AgentState): Promise<void> {
    const saved = facts as M3Facts;
    restoreGroups(executor, savedGroups(), tensors);
    for (const [c, memory] of memories.entries()) {
      const { id, parameters, specs } = memory.circuit;
      Object.assign(memory, saved.memories[c]);
      memory.points.push(...unpackPoints(tensors, `points.${id}`, parameters.length, specs.length));
    }
    restorePool(executor, state.pool, memories, tensors);
    // A branch may have switched imagination off.
    if (hyper.synthetic === 0) for (const memory of memories) memory.synthetic = 0;
    networksSurprise.restore(saved.surprise.networks);
    rankingSurprise.restore(saved.surprise.ranking);
    // Older states hold none: their environments take their turns anew.
    stances.restore(saved.stances ?? []);
    Object.assign(metrics, saved.metrics);
    acting.restore(saved.acting);
    [unfitted, fits, fitSteps, unspentUpdates, unspentRollouts] = saved.counts;
    await reshareBatches(saved.participants);
  }

  return {
    ranks: hyper.candidates > 0,
    propose,
    observe,
    fit,
    rollout,
    train,
    join,
    leave,
    look: (situation) => lens.look(circuits[situation.circuit.index]!, situation),
    metrics: (): AgentMetrics => ({ ...metrics, ...networksSurprise.metrics(), ...rankingSurprise.metrics() }),
    describe,
    explain: (situation) => attributeActions(executor, state, circuits[situation.circuit.index]!, situation, hyper.margin),
    weightsHash,
    saveState,
    restoreState,
    dispose() {
      lens.reset();
      programs.dispose();
      for (const group of state.groups) executor.release(group.name);
    },
  };
}
