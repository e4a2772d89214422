import type { CircuitDefinition } from '../api/circuit';
import type { RandomStream } from '../base';
import { initialSizing, sizingToPhysical } from '../circuit/parameter-space';
import { parseParameter } from './quantity';
import { unknownName, usageError } from './usage-error';

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
    sizing[index] = parseParameter(circuit.parameters[index]!, text);
  }
  return sizing;
}

export type Mapping = 'log' | 'linear';

/** Uniform over the parameters' ranges: in each one's own scale, or (`linear`) in plain values. */
export function randomSizing(circuit: CircuitDefinition, mapping: Mapping, random: RandomStream): Float64Array {
  const { parameters } = circuit;
  const u = parameters.map(() => random.uniform());
  if (mapping === 'log') return sizingToPhysical(parameters, u);
  return sizingToPhysical(
    parameters.map((parameter) => ({ ...parameter, scale: 'linear' as const })),
    u,
  );
}

/** The one circuit that a command is given. */
export function oneWord(command: string, words: readonly string[], what: string): string {
  const [word, extra] = words;
  if (word === undefined)
    throw usageError(`${command} was given no ${what}`, 'one', `write ohmba ${command} ${what.toUpperCase()}`);
  if (extra !== undefined) throw usageError(`${command} was given "${extra}" too`, `one ${what}`, 'leave it out');
  return word;
}
