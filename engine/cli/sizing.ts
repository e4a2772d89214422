import type { CircuitDefinition, ParameterDefinition } from '../api/circuit';
import { initialSizing } from '../api/parameter-space';
import { parseParameter } from '../api/parameter-value';
import { OhmbaError } from '../base';
import { UsageError, unknownName, usageError } from './usage-error';

/** The initial sizing with a person's changes, physical. @throws UsageError for unknown names and values out of range */
export function sizingFrom(circuit: CircuitDefinition, assigned: ReadonlyMap<string, string>): Float64Array {
  const sizing = initialSizing(circuit.parameters);
  for (const [name, text] of assigned) {
    const index = circuit.parameters.findIndex((parameter) => parameter.name === name);
    if (index < 0)
      throw unknownName(
        `parameter of ${circuit.id}`,
        name,
        circuit.parameters.map((parameter) => parameter.name),
      );
    sizing[index] = typed(circuit.parameters[index]!, text);
  }
  return sizing;
}

function typed(parameter: ParameterDefinition, text: string): number {
  try {
    return parseParameter(parameter, text);
  } catch (error) {
    throw error instanceof OhmbaError ? new UsageError(error) : error;
  }
}

/** The one circuit that a command is given. */
export function oneWord(command: string, words: readonly string[], what: string): string {
  const [word, extra] = words;
  if (word === undefined)
    throw usageError(`${command} was given no ${what}`, 'one', `write ohmba ${command} ${what.toUpperCase()}`);
  if (extra !== undefined) throw usageError(`${command} was given "${extra}" too`, `one ${what}`, 'leave it out');
  return word;
}
