import type { ParameterDefinition, SpecDefinition } from './circuit';

/** The part of a circuit that crosses threads: plain data, no functions, no netlist. */
export interface CircuitInfo {
  readonly id: string;
  readonly title: string;
  /** Place in the list of circuits of this run. */
  readonly index: number;
  readonly parameters: readonly ParameterDefinition[];
  readonly specs: readonly SpecDefinition[];
}
