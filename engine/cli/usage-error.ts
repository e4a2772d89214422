/**
 * Wrong input by a person: printed as one line, exit code 2, never a stack trace. The message says what was wrong,
 * what was expected and what to do.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The entry of `known` that is nearest to `word` (edit distance), or null where none is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const begins = word.length >= 3 && candidate.startsWith(word.toLowerCase());
    const distance = begins ? 1 : editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `unknown circuit "x": expected one of …; did you mean "y"?` */
export function unknownName(what: string, word: string, known: readonly string[]): UsageError {
  const meant = nearest(word, known);
  const advice = meant === null ? 'choose one of these' : `did you mean "${meant}"?`;
  const expected = known.length === 0 ? 'there are none' : `expected ${known.length === 1 ? '' : 'one of '}${known.join(', ')}`;
  return new UsageError(`unknown ${what} "${word}": ${expected}; ${advice}`);
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
