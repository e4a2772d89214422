import { type CircuitInfo, EnvironmentState, type Proposal, type Situation } from '../api';
import { OhmbaError } from '../base';
import type { ComponentStore, Entity, World } from '../ecs';
import { Environment, Evaluation, Measured, Outcome, Predicted, Sizing, Stage, Training } from './components';
import { EnvironmentStreams, Run, type RunCircuit } from './resources';

type StoreOf<Definition> = Definition extends {
  fields: infer F extends ComponentStore['definition']['fields'];
  ragged: infer R extends ComponentStore['definition']['ragged'];
}
  ? ComponentStore<F, R>
  : never;

/** The stores that make up an environment, fetched once per system call. */
export interface EnvironmentStores {
  readonly environment: StoreOf<typeof Environment>;
  readonly sizing: StoreOf<typeof Sizing>;
  readonly measured: StoreOf<typeof Measured>;
  readonly predicted: StoreOf<typeof Predicted>;
  readonly outcome: StoreOf<typeof Outcome>;
}

export function environmentStores(world: World): EnvironmentStores {
  return {
    environment: world.store(Environment),
    sizing: world.store(Sizing),
    measured: world.store(Measured),
    predicted: world.store(Predicted),
    outcome: world.store(Outcome),
  } as EnvironmentStores;
}

/** Indices of the environments of a kind, by slot. */
export function environmentsOf(world: World, kind: 'training' | 'evaluation'): number[] {
  const { slot } = world.store(Environment).columns;
  const found = kind === 'training' ? world.query(Environment, Training) : world.query(Environment, Evaluation);
  return found.map((entity) => world.indexOf(entity)).sort((a, b) => slot.get(a) - slot.get(b));
}

export function spawnEnvironment(world: World, circuit: RunCircuit, slot: number, kind: 'training' | 'evaluation'): Entity {
  const { parameters, specs, index } = circuit.info;
  const entity = world.spawn();
  const at = world.indexOf(entity);
  const { columns } = world.add(entity, Environment);
  columns.slot.set(at, slot);
  columns.circuit.set(at, index);
  const sizing = world.add(entity, Sizing, parameters.length);
  sizing.row('u', at).set(circuit.start);
  sizing.row('physical', at).set(circuit.toPhysical(circuit.start));
  const measured = world.add(entity, Measured, specs.length);
  measured.row('measures', at).fill(Number.NaN);
  measured.row('distances', at).fill(-1);
  measured.row('target', at).set(circuit.benchmark);
  world.add(entity, Predicted, specs.length);
  world.add(entity, Outcome).columns.bestReward.set(at, -1);
  if (kind === 'training') world.add(entity, Training);
  else world.add(entity, Evaluation);
  return entity;
}

/**
 * Begins a training episode: the first environment of a circuit starts at the exact initial sizing, the others near it.
 * The target is the benchmark's, or drawn from the circuit's range.
 */
export function beginTrainingEpisode(world: World, at: number, first: boolean): void {
  const { circuits, configuration } = world.resource(Run);
  const stores = environmentStores(world);
  const { columns } = stores.environment;
  const circuit = circuits[columns.circuit.get(at)]!;
  const random = world.resource(EnvironmentStreams).get(columns.slot.get(at))!;
  const start = Float32Array.from(circuit.start, (u) => {
    const away = first ? 0 : random.between(-1, 1) * circuit.startPerturbation;
    return Math.min(1, Math.max(0, u + away));
  });
  const drawn = configuration.targets === 'range' || (configuration.targets === 'mixed' && random.uniform() < 0.5);
  beginEpisode(stores, at, start, drawn ? circuit.sampleTarget(random) : circuit.benchmark);
}

export function beginEpisode(
  { environment, sizing, measured, predicted, outcome }: EnvironmentStores,
  at: number,
  start: Float32Array,
  target: Float64Array,
): void {
  const { columns } = environment;
  columns.stage.set(at, Stage.chosen);
  columns.origin.set(at, 'reset');
  columns.step.set(at, 0);
  columns.invalidRun.set(at, 0);
  columns.episode.add(at, 1);
  sizing.row('nextU', at).set(start);
  sizing.row('action', at).fill(0);
  measured.row('target', at).set(target);
  predicted.columns.known.set(at, 0);
  outcome.columns.bestReward.set(at, -1);
}

export function situationOf(stores: EnvironmentStores, circuit: CircuitInfo, at: number): Situation {
  const { environment, sizing, measured } = stores;
  return {
    slot: environment.columns.slot.get(at),
    circuit,
    step: environment.columns.step.get(at),
    u: sizing.row('u', at).slice(),
    z: measured.row('z', at).slice(),
    valid: measured.columns.valid.get(at) === 1,
    target: measured.row('target', at).slice(),
  };
}

/**
 * Writes what the agent proposes for these environments; those it left out go on waiting.
 * @returns how many there were
 * @throws OhmbaError for a proposal that cannot be simulated
 */
export function writeProposals(stores: EnvironmentStores, waiting: readonly number[], proposals: readonly Proposal[]): number {
  const bySlot = new Map(proposals.map((proposal) => [proposal.slot, proposal]));
  let written = 0;
  for (const at of waiting) {
    const slot = stores.environment.columns.slot.get(at);
    const proposal = bySlot.get(slot);
    if (!proposal) continue;
    const { u, action } = proposal;
    const length = stores.sizing.length.get(at);
    if (u.length !== length || action.length !== length || u.some((value) => !(value >= 0 && value <= 1))) {
      throw new OhmbaError({
        what: `the proposal for slot ${slot} is [${[...u].join(', ')}]`,
        expected: `${length} values within [0, 1] and an action of ${length}`,
        todo: "correct the agent's propose",
      });
    }
    writeProposal(stores, at, proposal);
    written++;
  }
  return written;
}

function writeProposal({ environment, sizing, predicted }: EnvironmentStores, at: number, proposal: Proposal): void {
  sizing.row('nextU', at).set(proposal.u);
  sizing.row('action', at).set(proposal.action);
  environment.columns.origin.set(at, proposal.origin);
  environment.columns.step.set(at, Math.min(65535, environment.columns.step.get(at) + 1));
  environment.columns.stage.set(at, Stage.chosen);
  predicted.columns.known.set(at, proposal.predicted ? 1 : 0);
  if (!proposal.predicted) return;
  predicted.columns.validity.set(at, proposal.predicted.validity);
  predicted.row('z', at).set(proposal.predicted.z);
  predicted.row('spread', at).set(proposal.predicted.spread);
}

export function setState({ environment }: EnvironmentStores, at: number, state: keyof typeof EnvironmentState): void {
  environment.columns.state.set(at, EnvironmentState[state]);
}
