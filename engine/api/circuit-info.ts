import type { CircuitDefinition, ParameterDefinition, SpecDefinition } from './circuit';

/** The part of a circuit that crosses threads: plain data, no functions, no netlist. */
export interface CircuitInfo {
  readonly id: string;
  readonly title: string;
  /** Place in the list of circuits of this run. */
  readonly index: number;
  readonly parameters: readonly ParameterDefinition[];
  readonly specs: readonly SpecDefinition[];
  /** As the circuit declares it; left out of recorded runs. */
  readonly yieldCaveat?: string;
}

/** @param index -1 for a circuit that takes no part in the run */
export function circuitInfo({ id, title, parameters, specs, yieldCaveat }: CircuitDefinition, index: number): CircuitInfo {
  return { id, title, index, parameters, specs, ...(yieldCaveat === undefined ? {} : { yieldCaveat }) };
}
