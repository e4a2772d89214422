import type { CircuitDefinition, CircuitFiles } from '../api';
import { OhmbaError } from '../base';
import { loadCircuit } from '../circuit/files/load-circuit';

/** All circuits that a run knows of: those that plugins brought, and those loaded from files while it goes on. */
export interface CircuitShelf {
  find(id: string): CircuitDefinition | undefined;
  /** Plugins' first, then loaded ones as they came. */
  all(): readonly CircuitDefinition[];
  /**
   * Puts a circuit of plain files on the shelf, in place of one that was loaded under its id before.
   * @param takesPart whether a circuit is being trained on now: that one is not replaced
   * @throws OhmbaError with file and line, or where the id belongs to another circuit
   */
  load(files: CircuitFiles, takesPart: (id: string) => boolean): CircuitDefinition;
}

export function createCircuitShelf(brought: ReadonlyMap<string, CircuitDefinition>): CircuitShelf {
  const loaded = new Map<string, CircuitDefinition>();
  return {
    find: (id) => brought.get(id) ?? loaded.get(id),
    all: () => [...brought.values(), ...loaded.values()],
    load(files, takesPart) {
      const circuit = loadCircuit(files);
      if (brought.has(circuit.id))
        throw new OhmbaError({
          what: `circuit.json: the id "${circuit.id}" belongs to a circuit that is there already`,
          expected: 'an id of its own',
          todo: 'rename it in circuit.json',
        });
      if (takesPart(circuit.id))
        throw new OhmbaError({
          what: `circuit.json: "${circuit.id}" is being trained on`,
          expected: 'an id of its own, or a circuit that does not take part',
          todo: 'take it out of the training first, or rename the new one',
        });
      loaded.set(circuit.id, circuit);
      return circuit;
    },
  };
}
