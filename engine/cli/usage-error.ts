import { type ErrorParts, OhmbaError } from '../base';

/** Wrong input by a person: printed as one line, exit code 2, never a stack trace. */
export class UsageError extends OhmbaError {}

/** Runs what reads a person's input: an error that explains itself is then the input's fault. */
export async function readingInput<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof OhmbaError && !(error instanceof UsageError)) throw new UsageError(error);
    throw error;
  }
}

export function usageError(what: string, expected: string, todo: string): UsageError {
  const parts: ErrorParts = { what, expected, todo };
  return new UsageError(parts);
}

/** Says that a name is unknown, which ones there are, and which of them was probably meant. */
export function unknownName(kind: string, word: string, known: readonly string[]): UsageError {
  const meant = nearest(word, known);
  return usageError(
    `unknown ${kind} "${word}"`,
    known.length === 1 ? known[0]! : `one of ${known.join(', ')}`,
    meant === null ? 'choose one of these' : `perhaps "${meant}" was meant`,
  );
}

/** The entry of `known` that is nearest to `word` (edit distance), or null where none is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  const lower = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const begins = lower.length >= 3 && candidate.toLowerCase().startsWith(lower);
    const distance = begins ? 1 : editDistance(lower, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, with one row of memory. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
