import { isInRange } from '../api/parameter-space';
import { OhmbaError, parseQuantity } from '../base';
import { parseCsv } from './export/csv';
import { type SqlDatabase, transaction } from './sql/database';
import type { CircuitSummary } from './sql/queries';
import { numbered, places } from './sql/rows';

/**
 * Takes in simulations of a circuit that somebody already paid for. The first line names the columns: every parameter and
 * every measure by its own name, in SI units or with prefixes (`20um`); `valid` where some are not (`true`, `false`). Other
 * columns are passed over. A measure may be missing where the point is not valid.
 * @returns how many there were
 * @throws OhmbaError that names line and column; then nothing has been taken in
 */
export function importSimulations(database: SqlDatabase, circuit: CircuitSummary, text: string): number {
  const { header, rows } = parseCsv(text);
  const { parameters, specs } = circuit;
  const place = (name: string) => {
    const column = header.indexOf(name);
    if (column >= 0) return column;
    throw refusal(
      `the CSV has no column "${name}"`,
      `one for each of ${[...parameters, ...specs].map((each) => each.name).join(', ')}`,
      'add it, or choose another circuit (--circuit)',
    );
  };
  const parameterColumns = parameters.map(({ name }) => place(name));
  const specColumns = specs.map(({ name }) => place(name));
  const validColumn = header.indexOf('valid');
  const columns = ['circuit', 'valid', ...numbered('p', parameters.length), ...numbered('m', specs.length)];
  const insert = database.prepare(`INSERT INTO imported (${columns.join(', ')}) VALUES (${places(columns.length)})`);
  transaction(database, () => {
    for (const [i, row] of rows.entries()) {
      const line = i + 2;
      const sizing = parameterColumns.map((column, p) => {
        const { name, unit, minimum, maximum } = parameters[p]!;
        const value = readNumber(row[column]!, unit, line, name);
        if (isInRange(parameters[p]!, value)) return value;
        throw refusal(
          `line ${line}: ${name} is ${row[column] || 'missing'}`,
          `${minimum} to ${maximum} ${unit}`,
          'correct it or leave the line out',
        );
      });
      const measures = specColumns.map((column, s) =>
        row[column] === '' ? null : readNumber(row[column]!, specs[s]!.unit, line, specs[s]!.name),
      );
      const valid = validColumn < 0 ? !measures.includes(null) : readValid(row[validColumn]!, line);
      if (valid && measures.includes(null))
        throw refusal(
          `line ${line}: ${specs[measures.indexOf(null)]!.name} is missing in a valid simulation`,
          'a number',
          'add it, or say false under "valid"',
        );
      insert.run([circuit.circuit, valid ? 1 : 0, ...sizing, ...measures]);
    }
  });
  return rows.length;
}

function readNumber(text: string, unit: string, line: number, name: string): number {
  try {
    return parseQuantity(text, unit);
  } catch (thrown) {
    if (!(thrown instanceof OhmbaError)) throw thrown;
    throw new OhmbaError({ ...thrown, what: `line ${line}, ${name}: ${thrown.what}` }, { cause: thrown });
  }
}

function readValid(text: string, line: number): boolean {
  if (/^(true|1)$/i.test(text)) return true;
  if (/^(false|0)$/i.test(text)) return false;
  throw refusal(`line ${line}: valid is "${text}"`, 'true or false', 'correct it');
}

function refusal(what: string, expected: string, todo: string): OhmbaError {
  return new OhmbaError({ what, expected, todo });
}
