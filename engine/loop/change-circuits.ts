import type { CircuitDefinition, Command } from '../api';
import { messageOf, OhmbaError } from '../base';
import { checkCircuit } from '../circuit/check-circuit';
import type { World } from '../ecs';
import { Counts, Roster, Run } from '../systems/resources';
import type { CircuitShelf } from './circuit-shelf';
import { createRunCircuit } from './run-circuit';

type CircuitCommand = Extract<Command, { kind: 'add-circuit' | 'remove-circuit' }>;

/** Notes that a circuit is to join or leave; the roster does it at the start of the next tick. What cannot be is told. */
export function requestCircuitChange(world: World, shelf: CircuitShelf, command: CircuitCommand): void {
  const { report } = world.resource(Run);
  try {
    if (command.kind === 'add-circuit') requestJoin(world, shelf, command);
    else requestLeave(world, command.circuit);
  } catch (thrown) {
    report({ level: 'error', kind: 'circuit-refused', message: messageOf(thrown) });
  }
}

function requestJoin(
  world: World,
  shelf: CircuitShelf,
  { circuit: wish, environments }: Extract<CircuitCommand, { kind: 'add-circuit' }>,
): void {
  const { circuits, configuration, simulator } = world.resource(Run);
  const { pending } = world.resource(Roster);
  const definition = typeof wish === 'string' ? shelf.find(wish) : wish;
  if (!definition)
    throw refusal(
      `the circuit "${String(wish)}" cannot join: nobody brought it`,
      `one of ${shelf
        .all()
        .map(({ id }) => id)
        .join(', ')}, or a definition`,
      'correct the id',
    );
  checkCircuit(definition);
  if (takesPart(world, definition.id))
    throw refusal(`the circuit "${definition.id}" cannot join: it takes part`, 'one that does not', 'let it leave first');
  const count = environments ?? Math.max(1, Math.round(configuration.environments / configuration.circuits.length));
  if (!Number.isInteger(count) || count < 1 || count > 65536)
    throw refusal(`the circuit "${definition.id}" cannot join with ${count} environments`, '1 to 65536', 'correct the number');
  const known = circuits.findIndex((circuit) => isSame(circuit.definition, definition));
  simulator.register(definition);
  pending.push({
    kind: 'join',
    id: definition.id,
    index: known >= 0 ? known : null,
    create: (index) => createRunCircuit(definition, index, configuration),
    environments: count,
  });
}

function requestLeave(world: World, id: string): void {
  const { circuits } = world.resource(Run);
  const { pending } = world.resource(Roster);
  const counts = world.resource(Counts).circuits;
  const index = circuits.findIndex(({ info }, i) => info.id === id && counts[i]!.present);
  const here = circuits.filter((_, i) => counts[i]!.present && !pending.some((c) => c.kind === 'leave' && c.index === i));
  if (index < 0)
    throw refusal(
      `the circuit "${id}" cannot leave: it does not take part`,
      here.map(({ info }) => info.id).join(' or '),
      'correct the id',
    );
  if (here.length === 1 && !pending.some(({ kind }) => kind === 'join'))
    throw refusal(`the circuit "${id}" cannot leave: it is the last one`, 'one to be left', 'add another first, or stop the run');
  pending.push({ kind: 'leave', index });
}

/** Now, or once what is pending has been done. */
function takesPart(world: World, id: string): boolean {
  const { circuits } = world.resource(Run);
  const counts = world.resource(Counts).circuits;
  let here = circuits.some(({ info }, i) => info.id === id && counts[i]!.present);
  for (const change of world.resource(Roster).pending) {
    if (change.kind === 'join' ? change.id === id : circuits[change.index]!.info.id === id) here = change.kind === 'join';
  }
  return here;
}

/** Another circuit of the same id is another circuit: what was learnt of the first is no use to it. */
function isSame(a: CircuitDefinition, b: CircuitDefinition): boolean {
  return a === b || (a.id === b.id && JSON.stringify(a) === JSON.stringify(b));
}

function refusal(what: string, expected: string, todo: string): OhmbaError {
  return new OhmbaError({ what, expected, todo });
}
