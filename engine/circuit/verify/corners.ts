import type { CircuitDefinition } from '../../api/circuit';
import { sectionsOf } from '../process-models';

/** Conditions that a circuit is to work under. */
export interface Corner {
  /** `ff, 2.97 V, 125 °C` */
  readonly title: string;
  /** Section of the model library; empty where it has only one. */
  readonly section: string;
  readonly supply: number;
  readonly temperature: number;
}

export interface CornerChoice {
  /** Supply deviation either way, as a share; 0.1 is ±10 %. */
  readonly supply: number;
  /** Degrees Celsius. */
  readonly temperatures: readonly number[];
}

export const DEFAULT_CORNERS: CornerChoice = { supply: 0.1, temperatures: [-40, 27, 125] };

/** Every section of the process x supply x temperature; the nominal one is not singled out. */
export function cornersOf({ process }: CircuitDefinition, { supply, temperatures }: CornerChoice): Corner[] {
  const known = sectionsOf(process.library);
  const sections = known.length > 1 ? known : [process.section ?? known[0] ?? ''];
  const supplies =
    supply > 0 ? [1 - supply, 1, 1 + supply].map((share) => Number((share * process.supply).toPrecision(9))) : [process.supply];
  return sections.flatMap((section) =>
    supplies.flatMap((volts) =>
      temperatures.map((temperature) => ({
        title: cornerTitle(section, volts, temperature),
        section,
        supply: volts,
        temperature,
      })),
    ),
  );
}

/** `ff, 2.97 V, 125 °C` */
export function cornerTitle(section: string, supply: number, temperature: number): string {
  return [section, `${Number(supply.toFixed(3))} V`, `${temperature} °C`].filter(Boolean).join(', ');
}

/** The circuit under other conditions, with an id of its own. */
export function atCorner(circuit: CircuitDefinition, corner: Corner): CircuitDefinition {
  const { section, supply, temperature } = corner;
  const process = { ...circuit.process, supply, temperature, ...(section === '' ? {} : { section }) };
  const id = `${circuit.id}-at-${corner.title.replace(/[^\w-]+/g, '_')}`;
  const { corners: _, ...rest } = circuit;
  return { ...rest, id, process };
}

/** A mismatch sample of the circuit, with an id of its own. */
export function withSample(circuit: CircuitDefinition, sample: number): CircuitDefinition {
  return { ...circuit, id: `${circuit.id}-sample-${sample}`, process: { ...circuit.process, mismatch: sample } };
}
