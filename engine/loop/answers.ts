import type { CircuitWish, EntityDescription, LearnServices, QuestionName, Questions } from '../api';
import { circuitInfo } from '../api/circuit-info';
import { hasMismatch } from '../api/matching';
import { isInRange } from '../api/parameter-space';
import { OhmbaError } from '../base';
import { exportNetlist } from '../circuit';
import { cornersOf, DEFAULT_CORNERS } from '../circuit/verify/corners';
import { verifyUnder } from '../circuit/verify/verify';
import type { Entity, World } from '../ecs';
import { type RunLibrary, readRecordedRun, readSnapshots } from '../store';
import { environmentStores, environmentsOf, situationOf } from '../systems/environments';
import { Counts, Histories, Run, type RunCircuit } from '../systems/resources';
import { changeRun } from './change-run';
import type { CircuitShelf } from './circuit-shelf';
import { look } from './look';
import type { Registries } from './plugin-host';
import { recordedCourses, recordedPoints } from './recorded-points';
import { createRunCircuit } from './run-circuit';

/** What answers are taken from. */
export interface Asked {
  readonly world: World;
  readonly shelf: CircuitShelf;
  readonly registries: Registries;
  /** Null where nothing is recorded. */
  readonly library: RunLibrary | null;
  /** Null where the engine was started without an executor. */
  readonly learn: LearnServices | null;
}

type Answers = { readonly [Name in QuestionName]: (asked: Asked, question: Questions[Name]['ask']) => Answer<Name> };
type Answer<Name extends QuestionName> = Questions[Name]['answer'] | Promise<Questions[Name]['answer']>;

const ANSWERS: Answers = {
  entities: ({ world }, { entity }) =>
    (entity === null ? world.entities() : [entity as Entity])
      .map((one) => describeEntity(world, one))
      .filter((described) => described !== null),

  points(asked, { circuit, since, limit }) {
    circuitOf(asked, circuit);
    return asked.world.resource(Histories)[circuit]!.since(since, limit);
  },

  async projection(asked, { circuit, since, components = 2 }) {
    const { parameters } = circuitOf(asked, circuit).info;
    const { first, count, total, u } = asked.world.resource(Histories)[circuit]!.since(0);
    if (asked.learn === null || count === 0) {
      throw new OhmbaError({
        what: `there is no projection of circuit ${circuit}: ${count === 0 ? 'nothing of it was simulated yet' : 'the engine has no executor'}`,
        expected: 'simulated points, and an engine with an executor',
        todo: count === 0 ? 'ask again after the first tick' : 'start the engine with an executor',
      });
    }
    const wanted = Math.min(components, parameters.length);
    const { principalComponents } = await asked.learn.analysis();
    const found = await principalComponents(u, parameters.length, wanted);
    const from = Math.min(count, Math.max(0, since - first));
    return { ...found, scores: found.scores.slice(from * wanted), circuit, first: first + from, count: count - from, total };
  },

  async attribution(asked, { slot }) {
    const { agent, configuration } = asked.world.resource(Run);
    const stores = environmentStores(asked.world);
    const { columns } = stores.environment;
    const at = environmentsOf(asked.world, 'training').find((index) => columns.slot.get(index) === slot);
    if (at === undefined || !agent.explain) {
      throw new OhmbaError({
        what:
          at === undefined
            ? `there is no environment in slot ${slot}`
            : `agent ${configuration.agent} cannot explain its actions`,
        expected: 'an environment of the training, and an agent with a policy that explains itself',
        todo: 'take the slot from a snapshot, and train with agent m3',
      });
    }
    return agent.explain(situationOf(stores, circuitOf(asked, columns.circuit.get(at)).info, at));
  },

  async simulate(asked, { circuit: wish, parameters }) {
    const circuit = circuitOf(asked, wish);
    checkSizing(circuit, parameters);
    asked.world.resource(Counts).byHand++;
    const { simulator } = asked.world.resource(Run);
    const evaluation = await simulator.evaluate({ circuitId: circuit.info.id, parameters, detail: true });
    const valid = evaluation.valid && evaluation.failure === null;
    return { evaluation, ...circuit.score(evaluation.measures, valid, circuit.benchmark) };
  },

  conditions(asked, { circuit }) {
    const { definition } = circuitOf(asked, circuit);
    const corners = cornersOf(definition, DEFAULT_CORNERS).map(({ title }) => title);
    return { corners, mismatch: hasMismatch(definition.process.library) };
  },

  async verify(asked, { circuit: wish, parameters, condition }) {
    const circuit = circuitOf(asked, wish);
    checkSizing(circuit, parameters);
    const { definition } = circuit;
    const corners = cornersOf(definition, DEFAULT_CORNERS);
    const corner = 'corner' in condition ? corners[condition.corner] : undefined;
    if ('corner' in condition && !corner) {
      throw new OhmbaError({
        what: `there is no corner ${condition.corner} of ${definition.id}`,
        expected: `0 to ${corners.length - 1}`,
        todo: 'take the place from the answer to "conditions"',
      });
    }
    asked.world.resource(Counts).byHand++;
    const { simulator } = asked.world.resource(Run);
    return verifyUnder(definition, simulator, parameters, corner ? { corner } : (condition as { readonly sample: number }));
  },

  lens: ({ world }, question) => look(world, question),

  netlist(asked, { circuit: wish, parameters }) {
    const circuit = circuitOf(asked, wish);
    checkSizing(circuit, parameters);
    return exportNetlist(circuit.definition, parameters);
  },

  circuits: ({ world, shelf }) => {
    const { circuits } = world.resource(Run);
    return shelf
      .all()
      .map((definition) => circuits.find(({ info }) => info.id === definition.id)?.info ?? circuitInfo(definition, -1));
  },

  'load-circuit'({ world, shelf }, { files }) {
    const { circuits, simulator } = world.resource(Run);
    const counts = world.resource(Counts).circuits;
    const circuit = shelf.load(files, (id) => circuits.some(({ info }, i) => info.id === id && counts[i]!.present));
    simulator.register(circuit);
    return circuitInfo(circuit, -1);
  },

  runs: async ({ library }) => (await library?.list()) ?? [],
  'delete-run': async (asked, { run }) => ({ bytes: await libraryOf(asked).remove(run) }),
  'recorded-run': (asked, { run }) => libraryOf(asked).read(run, readRecordedRun),
  'recorded-snapshots': async (asked, { run, from, count }) => ({
    snapshots: await libraryOf(asked).read(run, (database) => readSnapshots(database, from, count)),
  }),
  'recorded-points': (asked, { run, circuit, since, limit }) =>
    libraryOf(asked).read(run, (database) => recordedPoints(database, circuit, since, limit)),
  'recorded-courses': (asked, { run }) => libraryOf(asked).read(run, recordedCourses),
  'branch-run': (asked, { run, tick, changes }) =>
    libraryOf(asked).branch(run, tick, {
      changes,
      catalogue: (before) => changeRun(before, changes, asked.registries),
    }),
};

function libraryOf({ library }: Asked): RunLibrary {
  if (library) return library;
  throw new OhmbaError({
    what: 'this run is not recorded',
    expected: 'a page that may store files, held by no other page',
    todo: 'close other pages of Ohmba and reload',
  });
}

/** Answers a question about a run, at once. @throws OhmbaError where there is no answer */
export async function answer<Name extends QuestionName>(
  asked: Asked,
  name: Name,
  question: Questions[Name]['ask'],
): Promise<Questions[Name]['answer']> {
  // A message from another thread may name anything.
  if (!Object.hasOwn(ANSWERS, name)) {
    throw new OhmbaError({
      what: `there is no question "${name}"`,
      expected: Object.keys(ANSWERS).join(', '),
      todo: 'ask one of those',
    });
  }
  return ANSWERS[name](asked, question);
}

function describeEntity(world: World, entity: Entity): EntityDescription | null {
  const components = world.inspect(entity);
  return components && { entity, components };
}

/** A circuit of the run, or one that could take part; that is registered with the simulator first. */
function circuitOf({ world, shelf }: Asked, wish: CircuitWish): RunCircuit {
  const { circuits, configuration, simulator } = world.resource(Run);
  const counts = world.resource(Counts).circuits;
  const running =
    typeof wish === 'number' ? circuits[wish] : circuits.find(({ info }, i) => info.id === wish && counts[i]!.present);
  if (running) return running;
  const definition = typeof wish === 'string' ? shelf.find(wish) : undefined;
  if (definition) {
    simulator.register(definition);
    return createRunCircuit(definition, -1, configuration);
  }
  throw new OhmbaError({
    what: `there is no circuit ${wish} in this run`,
    expected: `0 to ${circuits.length - 1}: ${circuits.map(({ info }) => info.id).join(', ')}`,
    todo: 'take the index from the catalogue',
  });
}

function checkSizing({ info }: RunCircuit, parameters: Float64Array): void {
  const wrong = info.parameters.find((parameter, i) => !isInRange(parameter, parameters[i] ?? Number.NaN));
  if (!wrong && parameters.length === info.parameters.length) return;
  throw new OhmbaError({
    what: `a sizing of ${info.id} with ${wrong ? `${wrong.name} = ${parameters[info.parameters.indexOf(wrong)]}` : `${parameters.length} values`}`,
    expected: wrong
      ? `${wrong.minimum} to ${wrong.maximum} ${wrong.unit}`
      : `${info.parameters.length}: ${info.parameters.map(({ name }) => name).join(', ')}`,
    todo: 'correct the sizing',
  });
}
