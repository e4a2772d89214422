import type { Waveforms } from '../../api/circuit';
import type { DeckStep } from './compile-deck';
import { readRawFile } from './raw-file';

/** What an analysis wrote: its vectors, and as one more vector each what `meas` statements found. Null where it wrote nothing. */
export function readStep({ file, kind, statements }: DeckStep, read: (file: string) => Uint8Array | null): Waveforms | null {
  const bytes = read(file);
  const waveforms = bytes && readRawFile(bytes, kind);
  if (!waveforms || statements.length === 0) return waveforms;
  const found = statements.flatMap(({ statement, file: own }) => {
    const written = read(own);
    const plot = written && readRawFile(written, kind);
    // ngspice repeats a single value along the axis, or writes it alone.
    const value = plot && Object.values(plot.real)[0]?.[0];
    return value === null || value === undefined ? [] : [[statementVector(statement), Float64Array.of(value)] as const];
  });
  return { ...waveforms, real: { ...waveforms.real, ...Object.fromEntries(found) } };
}

/** The name under which a statement's result stands among the vectors. */
export function statementVector(statement: string): string {
  return `meas ${statement}`;
}
