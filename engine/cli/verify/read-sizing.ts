import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CircuitDefinition } from '../../api';
import { checkInRange } from '../../api/parameter-space';
import { CIRCUIT_FILE } from '../../circuit/files/load-circuit';
import { findCircuit } from '../catalogue';
import { sizingFrom } from '../sizing';
import { readingInput, unknownName, usageError } from '../usage-error';

interface Wishes {
  /** Empty where left out. */
  readonly circuit: string;
  readonly set: ReadonlyMap<string, string>;
}

/**
 * A sizing to look at: of a file that `simulate --json` or `train` wrote (`{circuit, parameters}`, or `{best: {circuit:
 * {parameters}}}`), of a run's folder, which has such a file, or a circuit's initial one; changed by `set`.
 * @throws UsageError saying what the file lacks
 */
export async function readSizing(
  word: string,
  { circuit: wish, set }: Wishes,
  trusted = false,
): Promise<{ readonly circuit: CircuitDefinition; readonly parameters: Float64Array }> {
  const file = await sizingFile(word);
  if (file === null) {
    const circuit = await findCircuit(word, { trusted });
    return { circuit, parameters: sizingFrom(circuit, set) };
  }
  const [id, named] = sizingIn(file, await readFile(file, 'utf8'), wish);
  const circuit = await findCircuit(id, { trusted });
  const parameters = sizingFrom(circuit, set);
  for (const [i, parameter] of circuit.parameters.entries()) {
    if (set.has(parameter.name)) continue;
    const value = named[parameter.name];
    if (typeof value !== 'number')
      throw usageError(`${file} has no value of ${parameter.name}`, `all parameters of ${id}, in SI units`, 'add it');
    await readingInput(() => checkInRange(parameter, value));
    parameters[i] = value;
  }
  return { circuit, parameters };
}

const RESULT = 'result.json';

/**
 * The file with the sizing that `word` means; null where it means a circuit.
 * @throws UsageError where it is a path that leads to neither
 */
async function sizingFile(word: string): Promise<string | null> {
  if (await isFile(word)) return word;
  if (await isFile(join(word, CIRCUIT_FILE))) return null;
  const result = join(word, RESULT);
  if (await isFile(result)) return result;
  if (!/[\\/]|\.json$/.test(word)) return null;
  throw usageError(
    `${word} is no sizing`,
    `a file that simulate --json or train wrote, a run's folder with ${RESULT}, a circuit, or a folder with ${CIRCUIT_FILE}`,
    'correct the path',
  );
}

function sizingIn(file: string, text: string, wish: string): [string, Record<string, unknown>] {
  const wrong = (what: string) =>
    usageError(`${file} ${what}`, 'what simulate --json or train wrote: {"circuit", "parameters"}', 'give such a file');
  let content: { circuit?: unknown; parameters?: unknown; best?: unknown };
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw wrong(`is no JSON (${(error as Error).message})`);
  }
  if (typeof content?.circuit === 'string' && isRecord(content.parameters)) return [content.circuit, content.parameters];
  if (!isRecord(content?.best)) throw wrong('holds no sizing');
  const found = Object.entries(content.best).filter(([, best]) => isRecord(best) && isRecord(best.parameters));
  const names = found.map(([id]) => id);
  if (names.length === 0) throw wrong('holds no sizing: nothing valid was found');
  if (wish !== '' && !names.includes(wish)) throw unknownName(`circuit of ${file}`, wish, names);
  if (wish === '' && names.length > 1)
    throw usageError(`${file} has sizings of ${names.join(', ')}`, 'one', `add --circuit ${names[0]}`);
  const id = wish || names[0]!;
  return [id, (content.best[id] as { parameters: Record<string, unknown> }).parameters];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
