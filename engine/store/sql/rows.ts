import type { CircuitDefinition } from '../../api';
import { ContentHash } from '../../base';
import type { SqlValue } from './database';

/** A circuit of the stored run: its number and how many values its columns hold. */
export interface StoredCircuit {
  readonly circuit: number;
  readonly id: string;
  readonly parameters: number;
  readonly specs: number;
  /** Hash of everything that decks are made of, the sizing aside. */
  readonly deck: string;
}

/** Numbers as SQL columns, filled up with NULL; a missing measure (NaN) is NULL. */
export function toColumns(values: ArrayLike<number>, count: number): SqlValue[] {
  return Array.from({ length: count }, (_, i) => (i < values.length && !Number.isNaN(values[i]!) ? values[i]! : null));
}

export function fromColumns(row: readonly SqlValue[], first: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (row[first + i] === null ? Number.NaN : Number(row[first + i])));
}

/** Hash of what a circuit's decks are made of. Functions count by their text. */
export function circuitHash({ netlist, process, nodeset, options, analyses, measures, plausible }: CircuitDefinition): string {
  const parts = { netlist, process, nodeset, options, analyses, measures, plausible };
  const text = JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'function' ? String(value) : value));
  return new ContentHash().text(text).digest();
}

/** Hash of one deck: its circuit's and the sizing. */
export function deckHash(circuit: string, parameters: Float64Array): string {
  return new ContentHash().text(circuit).numbers(parameters).digest();
}

/** `?, ?, …` */
export function places(count: number): string {
  return new Array(count).fill('?').join(', ');
}

/** `p0, p1, …` */
export function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => letter + i);
}
