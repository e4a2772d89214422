import { OhmbaError } from '../../base';
import type { StoredSimulation } from '../sql/queries';
import type { TableColumn } from './table';

/** Lines of a CSV file (RFC 4180), the header first; missing values are empty. Numbers read back exactly. */
export function* csvLines(columns: readonly TableColumn[], simulations: Iterable<StoredSimulation>): Generator<string> {
  yield `${columns.map(({ name }) => cell(name)).join(',')}\r\n`;
  for (const simulation of simulations) yield `${columns.map((column) => cell(column.value(simulation))).join(',')}\r\n`;
}

function cell(value: number | boolean | string | null): string {
  if (value === null || Number.isNaN(value)) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Reads a CSV text (RFC 4180): the names of the first line, and the cells of all others.
 * @throws OhmbaError that names the line
 */
export function parseCsv(text: string): { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const [value, next] = text[at] === '"' ? quotedCell(text, at, rows.length) : plainCell(text, at);
    row.push(value);
    const separator = text[next];
    if (separator === ',') {
      at = next + 1;
      // A comma at the very end has an empty cell behind it.
      if (at === text.length) row.push('');
      else continue;
    } else {
      at = next + (text.startsWith('\r\n', next) ? 2 : 1);
    }
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  const [header = [], ...body] = rows;
  for (const [i, cells] of body.entries()) {
    if (cells.length !== header.length)
      throw wrongLine(i + 2, `it has ${cells.length} cells`, `${header.length}, as the first line has`);
  }
  return { header, rows: body };
}

function plainCell(text: string, from: number): [string, number] {
  const end = /[,\r\n]/g;
  end.lastIndex = from;
  const to = end.exec(text)?.index ?? text.length;
  return [text.slice(from, to).trim(), to];
}

function quotedCell(text: string, from: number, rows: number): [string, number] {
  for (let at = from + 1; ; at++) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw wrongLine(rows + 1, 'a quotation mark is never closed', 'one more');
    if (text[quote + 1] !== '"') return [text.slice(from + 1, quote).replaceAll('""', '"'), quote + 1];
    at = quote + 1;
  }
}

function wrongLine(line: number, what: string, expected: string): OhmbaError {
  return new OhmbaError({ what: `line ${line} of the CSV cannot be read: ${what}`, expected, todo: 'correct the line' });
}
