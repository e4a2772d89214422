import type { CircuitDefinition, RandomState, Scheduled } from '../api';
import { RandomStream } from '../base';
import type { ComponentDefinition, ComponentStore, World } from '../ecs';
import { AgentState, Environment, Evaluation, Measured, Outcome, Predicted, Sizing, Stage, Training } from './components';
import { spawnEnvironment } from './environments';
import {
  AgentHealth,
  type CircuitCount,
  Counts,
  DiagnosisState,
  EnvironmentStreams,
  EvaluationPlan,
  Recording,
  Roster,
  Run,
  Tick,
  Timeline,
} from './resources';

type Values = Readonly<Record<string, number | string | readonly number[]>>;

/** The systems' part of a checkpoint. Facts about simulators, buffers and models are made anew by `mirror`. */
interface SavedWorld {
  readonly tick: number;
  readonly seconds: number;
  readonly scheduled: Scheduled;
  readonly counts: {
    readonly training: number;
    readonly evaluation: number;
    readonly byHand: number;
    readonly updates: number;
    readonly circuits: readonly (Omit<CircuitCount, 'episodes'> & { readonly episodes: readonly number[] })[];
  };
  readonly evaluationPlan: {
    readonly remaining: readonly number[];
    readonly due: readonly number[];
    readonly active: boolean;
    readonly reason: string;
    /** Left out by runs that were recorded before there was such a thing. */
    readonly heldAt?: number;
    /** That the shares which remain are shares of. */
    readonly budget?: number;
  };
  readonly streams: ReadonlyMap<number, RandomState>;
  readonly scheduleFailed: boolean;
  readonly hash: readonly [number, number, number];
  readonly metrics: Readonly<Record<string, number>>;
  /** By slot, then by component. */
  readonly environments: ReadonlyMap<number, Readonly<Record<string, Values>>>;
  readonly agent: Values;
  readonly nextSlot: number;
  /** Circuits by index. A definition that no plugin brings is all that is known of it. */
  readonly circuits: readonly CircuitDefinition[];
  readonly diagnosis: DiagnosisState;
  /** Imported results that the agent has been shown. */
  readonly known: number;
}

const ENVIRONMENT = Environment as ComponentDefinition;
const PARTS = [Environment, Sizing, Measured, Predicted, Outcome, Training, Evaluation] as readonly ComponentDefinition[];

/** Everything that the systems need to go on, between two ticks; plain data for `toExactJson`. */
export function saveWorld(world: World): SavedWorld {
  const { number, scheduled } = world.resource(Tick);
  const { training, evaluation, byHand, updates, circuits } = world.resource(Counts);
  const { remaining, due, active, reason, heldAt } = world.resource(EvaluationPlan);
  const { hash, metrics, known } = world.resource(Recording);
  const { configuration, circuits: runCircuits } = world.resource(Run);
  return {
    tick: number,
    seconds: world.resource(Timeline).seconds(),
    scheduled,
    counts: {
      training,
      evaluation,
      byHand,
      updates,
      circuits: circuits.map((count) => ({ ...count, episodes: count.episodes.toArray() })),
    },
    evaluationPlan: { remaining: [...remaining], due: [...due], active, reason, heldAt, budget: configuration.budget },
    streams: new Map([...world.resource(EnvironmentStreams)].map(([slot, stream]) => [slot, stream.state()])),
    scheduleFailed: world.resource(AgentHealth).scheduleFailed,
    hash: hash.state(),
    metrics: { ...metrics },
    environments: new Map(
      world.query(ENVIRONMENT).map((entity) => {
        const described = world.inspect(entity)!;
        const values = Object.fromEntries(described.map(({ component, values }) => [component, values]));
        return [values.Environment!.slot as number, values];
      }),
    ),
    agent: world.store(AgentState).describe(agentIndex(world)),
    nextSlot: world.resource(Roster).nextSlot,
    circuits: runCircuits.map(({ definition }) => definition),
    diagnosis: structuredClone(world.resource(DiagnosisState)),
    known,
  };
}

/** What the circuits of a saved run were, by index. */
export function savedCircuits(saved: unknown): readonly CircuitDefinition[] {
  return (saved as SavedWorld).circuits;
}

/** Seconds that a saved run had been running. */
export function savedSeconds(saved: unknown): number {
  return (saved as SavedWorld).seconds;
}

/**
 * Puts a world that was built for the same run, with all circuits that have joined since, where another stood.
 * Simulations that were under way are asked for again.
 */
export function restoreWorld(world: World, saved: unknown): void {
  const { tick, scheduled, counts, evaluationPlan, scheduleFailed, hash, metrics, agent, known, nextSlot, diagnosis } =
    saved as SavedWorld;
  Object.assign(world.resource(Tick), { number: tick, scheduled });
  const here = world.resource(Counts);
  const { training, evaluation, byHand, updates } = counts;
  Object.assign(here, { training, evaluation, byHand, updates });
  for (const [i, { episodes, ...count }] of counts.circuits.entries()) {
    Object.assign(here.circuits[i]!, count);
    for (const episode of episodes) here.circuits[i]!.episodes.push(episode);
  }
  const plan = world.resource(EvaluationPlan);
  const { budget } = world.resource(Run).configuration;
  // With another budget its shares lie elsewhere: those that are ahead are still to come, whatever was before.
  const remaining =
    (evaluationPlan.budget ?? budget) === budget
      ? evaluationPlan.remaining
      : plan.remaining.filter((share) => share * budget > training);
  plan.remaining.splice(0, plan.remaining.length, ...remaining);
  for (const circuit of evaluationPlan.due) plan.due.add(circuit);
  const { active, reason, heldAt = 0 } = evaluationPlan;
  Object.assign(plan, { active, reason, heldAt });
  world.resource(Roster).nextSlot = nextSlot;
  Object.assign(world.resource(DiagnosisState), diagnosis);
  world.resource(AgentHealth).scheduleFailed = scheduleFailed;
  const recording = world.resource(Recording);
  recording.hash.restore(hash);
  Object.assign(recording.metrics, metrics);
  recording.known = known;
  restoreEnvironments(world, saved as SavedWorld);
  fill(world.store(AgentState) as unknown as ComponentStore, agentIndex(world), agent);
}

function restoreEnvironments(world: World, { environments, streams }: SavedWorld): void {
  const { circuits } = world.resource(Run);
  const { slot, stage } = world.store(Environment).columns;
  for (const entity of world.query(ENVIRONMENT)) if (!environments.has(slot.get(world.indexOf(entity)))) world.despawn(entity);
  const here = new Map(world.query(ENVIRONMENT).map((entity) => [slot.get(world.indexOf(entity)), entity]));
  for (const [of, values] of environments) {
    const circuit = circuits[values.Environment!.circuit as number]!;
    const entity = here.get(of) ?? spawnEnvironment(world, circuit, of, values.Training ? 'training' : 'evaluation');
    const at = world.indexOf(entity);
    for (const part of PARTS) if (values[part.name]) fill(world.store(part), at, values[part.name]!);
    if (stage.get(at) === Stage.simulating) stage.set(at, Stage.chosen);
  }
  const own = world.resource(EnvironmentStreams);
  own.clear();
  for (const [of, state] of streams) own.set(of, new RandomStream(state));
}

function fill(store: ComponentStore, index: number, values: Values): void {
  for (const field of Object.keys(store.definition.fields)) {
    const column = store.columns[field]! as { set(index: number, value: number | string): void };
    column.set(index, values[field] as number | string);
  }
  for (const field of Object.keys(store.definition.ragged)) {
    if (store.length.get(index) > 0) store.row(field, index).set(values[field] as readonly number[]);
  }
}

function agentIndex(world: World): number {
  return world.indexOf(world.query(AgentState as unknown as ComponentDefinition)[0]!);
}
