import type { SqlDatabase } from '../sql/database';
import type { StoredSimulation } from '../sql/queries';
import { type CircuitSummary, readSimulations } from '../sql/queries';

/** A column of a table of simulations. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'INT32' | 'DOUBLE' | 'BOOLEAN' | 'STRING';
  /** NaN and null: missing. */
  value(simulation: StoredSimulation): number | boolean | string | null;
}

/** The columns in which a circuit's simulations are exported: facts, then sizing, measures and targets in SI units. */
export function simulationColumns({ parameters, specs }: CircuitSummary): TableColumn[] {
  const numbers = (list: readonly { readonly name: string }[], prefix: string, of: 'parameters' | 'measures' | 'target') =>
    list.map(({ name }, i): TableColumn => ({ name: prefix + name, type: 'DOUBLE', value: (s) => s[of][i]! }));
  const fact = <Name extends keyof StoredSimulation>(name: Name, type: TableColumn['type']): TableColumn => ({
    name,
    type,
    value: (s) => s[name] as string | number | boolean | null,
  });
  return [
    fact('simulation', 'INT32'),
    fact('tick', 'INT32'),
    fact('slot', 'INT32'),
    fact('episode', 'INT32'),
    fact('step', 'INT32'),
    fact('phase', 'STRING'),
    fact('origin', 'STRING'),
    fact('valid', 'BOOLEAN'),
    fact('failure', 'STRING'),
    fact('reward', 'DOUBLE'),
    fact('met', 'BOOLEAN'),
    fact('calls', 'INT32'),
    fact('milliseconds', 'DOUBLE'),
    fact('deck', 'STRING'),
    ...numbers(parameters, '', 'parameters'),
    ...numbers(specs, '', 'measures'),
    ...numbers(specs, 'target ', 'target'),
  ];
}

/** Simulations of one circuit, in their order. */
export function* simulationsOf(
  database: SqlDatabase,
  circuits: readonly CircuitSummary[],
  circuit: CircuitSummary,
): Generator<StoredSimulation> {
  for (const simulation of readSimulations(database, circuits)) if (simulation.circuit === circuit.id) yield simulation;
}
