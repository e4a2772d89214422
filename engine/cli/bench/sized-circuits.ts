import {
  type AgentCircuit,
  type CircuitDefinition,
  defaultConfiguration,
  defaultHyperParameters,
  type HyperParameters,
} from '../../api';
import { createRunCircuit } from '../../loop/run-circuit';
import { findCircuit } from '../catalogue';
import { usageError } from '../usage-error';
import { type BenchValues, USUAL_CIRCUIT } from './bench';

/** What is updated: made-up circuits and networks of the sizes that were asked for. @throws UsageError */
export async function batchOf({
  circuits: sizes,
  width,
  state,
  layers,
  sequences,
}: BenchValues): Promise<{ readonly circuits: readonly AgentCircuit[]; readonly hyper: HyperParameters }> {
  const parsed = parseSizes(sizes);
  if (!parsed)
    throw usageError(`--circuits is "${sizes}"`, 'parameters x specs of each circuit, such as 7x6,10x6', 'leave it out');
  return {
    circuits: sizedCircuits(parsed, await findCircuit(USUAL_CIRCUIT)),
    hyper: { ...defaultHyperParameters, width, state, layers, batch: sequences },
  };
}

/** Parameters and specs of a circuit: what its tokens, and so the time of an update, depend on. */
interface CircuitSize {
  readonly parameters: number;
  readonly specs: number;
}

/** `7x6,10x6` as sizes; null if it is anything else. */
function parseSizes(text: string): CircuitSize[] | null {
  const sizes = text.split(',').map((part) => /^([1-9]\d{0,2})x([1-9]\d{0,2})$/.exec(part.trim()));
  return sizes.every((match) => match !== null)
    ? sizes.map((match) => ({ parameters: Number(match[1]), specs: Number(match[2]) }))
    : null;
}

/** Circuits of given sizes, made of the parameters and specs of another; they are never simulated. */
function sizedCircuits(sizes: readonly CircuitSize[], from: CircuitDefinition): AgentCircuit[] {
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
