import { spiceNumber } from './expression';
import { logicalLines, words } from './logical-lines';
import type { ModelCard, ModelLibrary } from './model-library';

interface Use {
  /** Sizes in metres; null where they are no plain numbers, and every bin may be needed. */
  readonly size: { readonly width: number; readonly length: number } | null;
}

/**
 * The model text that a netlist needs of a library: cards of the models that its devices name, of binned ones only the
 * bins that the sizes fall in, and subcircuits with what they use in turn. Results are those of the whole library.
 */
export function pruneModels(netlist: string, library: ModelLibrary): string {
  const uses = new Map<string, Use[]>();
  const subcircuits = new Map<string, readonly string[]>();
  collect(
    logicalLines(netlist).map(({ text }) => text),
    library,
    uses,
    subcircuits,
  );
  const lines: string[] = [];
  if (subcircuits.size > 0) for (const [name, value] of library.parameters) lines.push(`.param ${name}=${value}`);
  for (const [name, found] of uses) {
    const wanted = library.models.get(name)!.filter((card) => found.some((use) => mayNeed(card, use)));
    for (const card of wanted) lines.push(card.text);
  }
  for (const body of subcircuits.values()) lines.push(...body);
  return lines.join('\n');
}

/** The whole library as text: what pruned results are checked against. */
export function wholeLibrary(library: ModelLibrary): string {
  const lines = [...library.parameters].map(([name, value]) => `.param ${name}=${value}`);
  for (const cards of library.models.values()) for (const card of cards) lines.push(card.text);
  for (const { lines: body } of library.subcircuits.values()) lines.push(...body);
  return lines.join('\n');
}

function collect(
  lines: readonly string[],
  library: ModelLibrary,
  uses: Map<string, Use[]>,
  subcircuits: Map<string, readonly string[]>,
): void {
  for (const line of lines) {
    const lower = line.toLowerCase();
    if (lower.startsWith('.')) continue;
    for (const word of words(lower).slice(1)) {
      if (library.models.has(word)) {
        const found = uses.get(word) ?? [];
        found.push({ size: sizeOf(lower) });
        uses.set(word, found);
      }
      const subcircuit = lower.startsWith('x') ? library.subcircuits.get(word) : undefined;
      if (subcircuit && !subcircuits.has(word)) {
        subcircuits.set(word, subcircuit.lines);
        collect(subcircuit.lines, library, uses, subcircuits);
      }
    }
  }
}

function sizeOf(line: string): Use['size'] {
  const value = (name: string) => spiceNumber(new RegExp(`\\b${name}=(\\S+)`).exec(line)?.[1] ?? '');
  const width = value('w');
  const length = value('l');
  if (Number.isNaN(width) || Number.isNaN(length)) return null;
  const fingers = value('nf');
  return { width: fingers > 0 ? width / fingers : width, length };
}

/** Bins are taken with a little slack, so that at an edge the simulator chooses, as it does with the whole library. */
function mayNeed({ bin }: ModelCard, { size }: Use): boolean {
  if (!bin || !size) return true;
  const slack = 1e-9;
  return (
    size.width >= bin.wmin * (1 - slack) &&
    size.width <= bin.wmax * (1 + slack) &&
    size.length >= bin.lmin * (1 - slack) &&
    size.length <= bin.lmax * (1 + slack)
  );
}
