import type { AnalysisDefinition, CircuitDefinition, GuardDefinition } from '../../api/circuit';
import { savedVectors } from '../guards';
import type { Lookup } from './expression';

export type DataGuard = Exclude<GuardDefinition, (...values: never[]) => unknown>;

/** What a `settling` measure reads of a transient analysis: what refinements are decided by. */
export interface SettlingBand {
  readonly output: string;
  readonly edge: number;
  /** The analysis whose value of `output` is settled to. */
  readonly finalAnalysis: string;
  readonly tolerance: number;
}

/** The part of a circuit that a simulator needs: plain data that can cross threads. */
export interface DeckDefinition {
  readonly id: string;
  readonly parameterNames: readonly string[];
  readonly process: CircuitDefinition['process'];
  readonly netlist: string;
  readonly nodeset: Readonly<Record<string, string | number>>;
  readonly options: Readonly<Record<string, string | number>>;
  readonly analyses: readonly (AnalysisDefinition & {
    readonly guards: readonly DataGuard[];
    /** Null where nothing is to be refined. */
    readonly band: SettlingBand | null;
    /** Statements of `meas` that measures of this analysis give. */
    readonly statements: readonly string[];
  })[];
}

export function deckDefinition(circuit: CircuitDefinition): DeckDefinition {
  return {
    id: circuit.id,
    parameterNames: circuit.parameters.map((parameter) => parameter.name),
    process: circuit.process,
    // Comments are for people: braces in them name nothing, and ngspice need not read them at every sizing.
    netlist: circuit.netlist.replace(/^\s*\*.*$/gm, ''),
    nodeset: circuit.nodeset ?? {},
    options: circuit.options ?? {},
    // Guards that are functions cannot cross; they are looked at when the results are back.
    analyses: circuit.analyses.map((analysis) => ({
      ...analysis,
      save: savedVectors(analysis),
      guards: (analysis.guards ?? []).filter(isData),
      band: bandOf(circuit, analysis),
      statements: statementsOf(circuit, analysis),
    })),
  };
}

function bandOf(circuit: CircuitDefinition, analysis: AnalysisDefinition): SettlingBand | null {
  if (analysis.kind !== 'tran' || !analysis.refinements) return null;
  for (const measure of Object.values(circuit.measures)) {
    if (typeof measure === 'function' || measure.use !== 'settling' || measure.analysis !== analysis.id) continue;
    return {
      output: String(measure.output).toLowerCase(),
      edge: Number(measure.edge),
      finalAnalysis: String(measure['final-analysis']),
      tolerance: Number(measure.tolerance),
    };
  }
  return null;
}

function statementsOf(circuit: CircuitDefinition, analysis: AnalysisDefinition): string[] {
  const statements = Object.values(circuit.measures).flatMap((measure) =>
    typeof measure !== 'function' && measure.use === 'meas' && measure.analysis === analysis.id
      ? [String(measure.statement)]
      : [],
  );
  return [...new Set(statements)];
}

export function isData(guard: GuardDefinition): guard is DataGuard {
  return typeof guard !== 'function';
}

/** Parameter values by lower-case name, with the supply and the temperature. */
export function parameterLookup(deck: DeckDefinition, values: ArrayLike<number>): Lookup {
  const table = new Map<string, number>(deck.parameterNames.map((name, i) => [name.toLowerCase(), values[i]!]));
  table.set('supply', deck.process.supply).set('temperature', deck.process.temperature);
  return (name) => table.get(name);
}
