import { type AgentCircuit, type CircuitDefinition, defaultConfiguration } from '../../api';
import { createRunCircuit } from '../../loop/run-circuit';

/** Parameters and specs of a circuit: what its tokens, and so the time of an update, depend on. */
export interface CircuitSize {
  readonly parameters: number;
  readonly specs: number;
}

/** `7x6,10x6` as sizes; null if it is anything else. */
export function parseSizes(text: string): CircuitSize[] | null {
  const sizes = text.split(',').map((part) => /^([1-9]\d{0,2})x([1-9]\d{0,2})$/.exec(part.trim()));
  return sizes.every((match) => match !== null)
    ? sizes.map((match) => ({ parameters: Number(match[1]), specs: Number(match[2]) }))
    : null;
}

/** Circuits of given sizes, made of the parameters and specs of another; they are never simulated. */
export function sizedCircuits(sizes: readonly CircuitSize[], from: CircuitDefinition): AgentCircuit[] {
  const repeated = <T extends { readonly name: string }>(items: readonly T[], count: number): T[] =>
    Array.from({ length: count }, (_, i) => ({ ...items[i % items.length]!, name: `${items[i % items.length]!.name}${i}` }));
  return sizes.map(({ parameters, specs }, index) =>
    createRunCircuit(
      {
        ...from,
        id: `${from.id}-${index}`,
        parameters: repeated(from.parameters, parameters),
        specs: repeated(from.specs, specs),
      },
      index,
      defaultConfiguration,
    ),
  );
}
