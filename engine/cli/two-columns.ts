/** Narrower, a column of words is no help. */
const NARROWEST = 30;
const LARGEST_LEFT = 34;
const INDENT = '  ';

/** Lines of help: what to write on the left, what it does on the right, wrapped at the terminal's width. */
export function twoColumns(rows: readonly (readonly [left: string, right: string])[], columns: number): string[] {
  const width = Math.min(LARGEST_LEFT, Math.max(0, ...rows.map(([left]) => INDENT.length + left.length)) + 2);
  return rows.flatMap(([left, right]) => {
    const [first = '', ...rest] = wrapped(right, Math.max(NARROWEST, columns - width)).map((line) => ''.padEnd(width) + line);
    const heads = wrapped(left, columns - 2 * INDENT.length).map((line, i) => INDENT.repeat(i === 0 ? 1 : 2) + line);
    const besides = heads.length === 1 && heads[0]!.length < width;
    return besides ? [heads[0] + first.slice(heads[0]!.length), ...rest] : [...heads, first, ...rest];
  });
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
