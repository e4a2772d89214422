import { OhmbaError } from '../../base';
import { evaluate, type Lookup, spiceNumber } from './expression';
import { type LogicalLine, logicalLines, words } from './logical-lines';

/** A `.model` statement on one line, its parameters' expressions replaced by numbers. */
export interface ModelCard {
  /** As devices name it, in lower case: `nmos_3p3`. */
  readonly name: string;
  readonly text: string;
  /** Sizes in metres that the card is for, where it is one bin of several. */
  readonly bin: { readonly lmin: number; readonly lmax: number; readonly wmin: number; readonly wmax: number } | null;
}

export interface Subcircuit {
  readonly name: string;
  /** Statements from `.subckt` to `.ends`. */
  readonly lines: readonly string[];
}

/** What a model library offers, after includes and sections have been resolved. */
export interface ModelLibrary {
  /** Cards by name, bins in file order. */
  readonly models: ReadonlyMap<string, readonly ModelCard[]>;
  readonly subcircuits: ReadonlyMap<string, Subcircuit>;
  /** Global parameters that have a value, in order of definition. */
  readonly parameters: ReadonlyMap<string, number>;
}

/** The text of a library file by name; null where there is none. */
export type FileReader = (name: string) => string | null;

/**
 * Reads ngspice model text, following `.include` and `.lib`. Random parameters take their nominal value, and
 * `overrides` win over what the text says: so are mismatch and statistics switched off.
 * @throws OhmbaError if a file or section that is asked for does not exist
 */
export function readModelLibrary(text: string, read: FileReader, overrides: Readonly<Record<string, number>> = {}): ModelLibrary {
  const models = new Map<string, ModelCard[]>();
  const subcircuits = new Map<string, Subcircuit>();
  const parameters = new Map<string, number>(Object.entries(overrides));
  const lookup = (name: string) => parameters.get(name);
  const cardLines: string[] = [];
  let open: { name: string; lines: string[]; depth: number } | null = null;

  for (const { text: line } of statements(text, read, 0)) {
    const lower = line.toLowerCase();
    if (open) {
      open.lines.push(line);
      if (lower.startsWith('.subckt')) open.depth++;
      if (lower.startsWith('.ends') && --open.depth === 0) {
        subcircuits.set(open.name, { name: open.name, lines: open.lines });
        open = null;
      }
    } else if (lower.startsWith('.subckt')) {
      open = { name: words(lower)[1] ?? '', lines: [line], depth: 1 };
    } else if (lower.startsWith('.param')) {
      for (const [name, expression] of assignments(lower.replace(/^\.params?\s*/, ''))) {
        if (name in overrides) continue;
        const value = tryEvaluate(expression, lookup);
        if (value !== undefined) parameters.set(name, value);
      }
    } else if (lower.startsWith('.model')) {
      cardLines.push(lower);
    }
  }
  // Cards last: parameters that they use may be defined after them.
  for (const line of cardLines) {
    const card = modelCard(line, lookup);
    const cards = models.get(card.name);
    if (cards) cards.push(card);
    else models.set(card.name, [card]);
  }
  return { models, subcircuits, parameters };
}

const DEEPEST_INCLUDE = 16;

function* statements(text: string, read: FileReader, depth: number): Generator<LogicalLine> {
  // Section of a library that is being passed over: `.lib name` without a file opens it, `.endl` closes it.
  let skipping = false;
  for (const line of logicalLines(text)) {
    const lower = line.text.toLowerCase();
    if (lower.startsWith('.endl')) {
      skipping = false;
      continue;
    }
    if (skipping) continue;
    if (lower.startsWith('.inc') || lower.startsWith('.lib')) {
      const [keyword, target = '', section] = words(line.text);
      if (keyword!.toLowerCase() === '.lib' && section === undefined) {
        skipping = true;
        continue;
      }
      if (depth >= DEEPEST_INCLUDE) throw unresolved(target, 'files that do not include one another');
      const file = unquote(target);
      const content = read(file);
      if (content === null) throw unresolved(file, 'a file that is shipped or given with the circuit');
      yield* statements(section === undefined ? content : sectionOf(content, unquote(section), file), read, depth + 1);
    } else {
      yield line;
    }
  }
}

function sectionOf(text: string, section: string, file: string): string {
  const escaped = section.replace(/[^\w]/g, '\\$&');
  const match = new RegExp(`^[ \\t]*\\.lib[ \\t]+${escaped}[ \\t]*\\r?$([\\s\\S]*?)^[ \\t]*\\.endl`, 'im').exec(text);
  if (!match) throw unresolved(`section ${section} of ${file}`, 'a section that the library has');
  return match[1]!;
}

/** `name=value` pairs of a `.param` or `.model` statement. */
export function assignments(text: string): [string, string][] {
  const found: [string, string][] = [];
  for (const word of words(text)) {
    const at = word.indexOf('=');
    if (at > 0) found.push([word.slice(0, at), unquote(word.slice(at + 1))]);
  }
  return found;
}

function modelCard(line: string, lookup: Lookup): ModelCard {
  // Parentheses around a card's parameters are decoration.
  const [, fullName = '', type = '', ...rest] = words(line.replace(/^(\.model \S+ \w+) ?\((.*)\)$/, '$1 $2'));
  const parts: string[] = [];
  const sizes = new Map<string, number>();
  for (const word of rest) {
    const at = word.indexOf('=');
    if (at < 0) {
      parts.push(word);
      continue;
    }
    const name = word.slice(0, at);
    const expression = word.slice(at + 1);
    const plain = spiceNumber(expression);
    const value = Number.isNaN(plain) ? tryEvaluate(unquote(expression), lookup) : plain;
    if (/^[lw]m(in|ax)$/.test(name) && value !== undefined) sizes.set(name, value);
    // A plain number stays as it was written, to the last digit.
    parts.push(Number.isNaN(plain) && value !== undefined ? `${name}=${value}` : word);
  }
  const [lmin, lmax, wmin, wmax] = ['lmin', 'lmax', 'wmin', 'wmax'].map((key) => sizes.get(key));
  const name = fullName.replace(/\.\d+$/, '');
  const binned = name !== fullName && lmin !== undefined && lmax !== undefined && wmin !== undefined && wmax !== undefined;
  return {
    name: binned ? name : fullName,
    text: `.model ${fullName} ${type} ${parts.join(' ')}`,
    bin: binned ? { lmin, lmax, wmin, wmax } : null,
  };
}

function tryEvaluate(expression: string, lookup: Lookup): number | undefined {
  try {
    return evaluate(expression, lookup);
  } catch {
    // An expression over names of a subcircuit or over voltages: left to the simulator.
    return undefined;
  }
}

export function unquote(text: string): string {
  return text.replace(/^(['"{])(.*)['"}]$/, '$2');
}

function unresolved(name: string, expected: string): OhmbaError {
  return new OhmbaError({
    what: `the models include "${name}", which cannot be resolved`,
    expected,
    todo: 'correct the name in the .include or .lib statement',
  });
}
