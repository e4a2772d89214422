import type { EntityDescription, QuestionName, Questions } from '../api';
import { OhmbaError } from '../base';
import { exportNetlist } from '../circuit';
import type { Entity, World } from '../ecs';
import { Counts, Histories, Run, type RunCircuit } from '../systems/resources';

type Answers = { readonly [Name in QuestionName]: (world: World, question: Questions[Name]['ask']) => Answer<Name> };
type Answer<Name extends QuestionName> = Questions[Name]['answer'] | Promise<Questions[Name]['answer']>;

const ANSWERS: Answers = {
  entities: (world, { entity }) =>
    (entity === null ? world.entities() : [entity as Entity])
      .map((one) => describeEntity(world, one))
      .filter((described) => described !== null),

  points(world, { circuit, since, limit }) {
    circuitAt(world, circuit);
    return world.resource(Histories)[circuit]!.since(since, limit);
  },

  async simulate(world, { circuit: index, parameters }) {
    const circuit = circuitAt(world, index);
    checkSizing(circuit, parameters);
    world.resource(Counts).byHand++;
    const { simulator } = world.resource(Run);
    const evaluation = await simulator.evaluate({ circuitId: circuit.info.id, parameters, detail: true });
    const valid = evaluation.valid && evaluation.failure === null;
    return { evaluation, ...circuit.score(evaluation.measures, valid, circuit.benchmark) };
  },

  netlist(world, { circuit: index, parameters }) {
    const circuit = circuitAt(world, index);
    checkSizing(circuit, parameters);
    return exportNetlist(circuit.definition, parameters);
  },
};

/** Answers a question about a run, at once. @throws OhmbaError where there is no answer */
export async function answer<Name extends QuestionName>(
  world: World,
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
  return ANSWERS[name](world, question);
}

function describeEntity(world: World, entity: Entity): EntityDescription | null {
  const components = world.inspect(entity);
  return components && { entity, components };
}

function circuitAt(world: World, index: number): RunCircuit {
  const { circuits } = world.resource(Run);
  const circuit = circuits[index];
  if (circuit) return circuit;
  throw new OhmbaError({
    what: `there is no circuit ${index} in this run`,
    expected: `0 to ${circuits.length - 1}: ${circuits.map(({ info }) => info.id).join(', ')}`,
    todo: 'take the index from the catalogue',
  });
}

function checkSizing({ info }: RunCircuit, parameters: Float64Array): void {
  const wrong = info.parameters.find(({ minimum, maximum }, i) => {
    const value = parameters[i] ?? Number.NaN;
    // Rounding of a value at the very edge is no mistake.
    return !(value >= minimum * (1 - 1e-9) && value <= maximum * (1 + 1e-9));
  });
  if (!wrong && parameters.length === info.parameters.length) return;
  throw new OhmbaError({
    what: `a sizing of ${info.id} with ${wrong ? `${wrong.name} = ${parameters[info.parameters.indexOf(wrong)]}` : `${parameters.length} values`}`,
    expected: wrong
      ? `${wrong.minimum} to ${wrong.maximum} ${wrong.unit}`
      : `${info.parameters.length}: ${info.parameters.map(({ name }) => name).join(', ')}`,
    todo: 'correct the sizing',
  });
}
