import type { AnalysisDefinition, CircuitDefinition, GuardDefinition } from '../../api/circuit';

export type DataGuard = Exclude<GuardDefinition, (...values: never[]) => unknown>;

/** The part of a circuit that a simulator needs: plain data that can cross threads. */
export interface DeckDefinition {
  readonly id: string;
  readonly parameterNames: readonly string[];
  readonly process: CircuitDefinition['process'];
  readonly netlist: string;
  readonly nodeset: Readonly<Record<string, string | number>>;
  readonly options: Readonly<Record<string, string | number>>;
  readonly analyses: readonly (AnalysisDefinition & { readonly guards: readonly DataGuard[] })[];
}

export function deckDefinition(circuit: CircuitDefinition): DeckDefinition {
  return {
    id: circuit.id,
    parameterNames: circuit.parameters.map((parameter) => parameter.name),
    process: circuit.process,
    netlist: circuit.netlist,
    nodeset: circuit.nodeset ?? {},
    options: circuit.options ?? {},
    // Guards that are functions cannot cross; they are looked at when the results are back.
    analyses: circuit.analyses.map((analysis) => ({ ...analysis, guards: (analysis.guards ?? []).filter(isData) })),
  };
}

export function isData(guard: GuardDefinition): guard is DataGuard {
  return typeof guard !== 'function';
}

/** Parameter values by lower-case name, with the supply and the temperature. */
export function parameterLookup(deck: DeckDefinition, values: ArrayLike<number>): (name: string) => number | undefined {
  const table = new Map<string, number>(deck.parameterNames.map((name, i) => [name.toLowerCase(), values[i]!]));
  table.set('supply', deck.process.supply).set('temperature', deck.process.temperature);
  return (name) => table.get(name);
}
