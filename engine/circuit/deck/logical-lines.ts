/** A statement of a netlist: continuation lines joined, comments gone. */
export interface LogicalLine {
  readonly text: string;
  /** Number of its first physical line, from 1. */
  readonly line: number;
}

/**
 * Splits ngspice text into statements: `+` continues, `*` at the start and ` $`, ` ;` or `//` open a comment. Blanks
 * around `=` are dropped, so that every `name=value` is one word. Quoted expressions stay whole.
 */
export function logicalLines(text: string): LogicalLine[] {
  const found: { text: string; line: number }[] = [];
  for (const [i, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = withoutComment(raw).trim();
    if (line === '') continue;
    if (line.startsWith('+')) {
      const last = found.at(-1);
      if (last) last.text += ` ${line.slice(1).trim()}`;
      continue;
    }
    found.push({ text: line, line: i + 1 });
  }
  for (const statement of found) statement.text = statement.text.replace(/\s*=\s*/g, '=').replace(/\s+/g, ' ');
  return found;
}

function withoutComment(raw: string): string {
  const line = raw.trimStart();
  if (line.startsWith('*')) return '';
  const end = line.search(/\s[$;]\s?|\s*\/\/|;/);
  return end < 0 ? line : line.slice(0, end);
}

/** Words of a statement; a part in quotes, braces or parentheses is not split. */
export function words(text: string): string[] {
  const found: string[] = [];
  let word = '';
  let depth = 0;
  let quote = '';
  for (const char of text) {
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') {
      quote = char;
    } else if (char === '{' || char === '(') depth++;
    else if (char === '}' || char === ')') depth--;
    else if (depth <= 0 && (char === ' ' || char === '\t' || char === ',')) {
      if (word !== '') found.push(word);
      word = '';
      continue;
    }
    word += char;
  }
  if (word !== '') found.push(word);
  return found;
}
