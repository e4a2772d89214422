import type { AnalysisDefinition, CircuitDefinition, CircuitFiles, CornerDefinition } from '../../api/circuit';
import { OhmbaError } from '../../base';
import { checkCircuit } from '../check-circuit';
import { CircuitFault, type FaultPlace } from '../circuit-fault';
import { checkFormat } from './check-format';
import { type CircuitFile, guardOf, parametersOf, processOf, quantity, specsOf } from './circuit-file';
import { readSource, type SourceText } from './source-text';

export const CIRCUIT_FILE = 'circuit.json';

/**
 * A circuit from plain files: `circuit.json` (circuit.schema.json says what it may hold), the netlist that it names, and
 * models of its own where it has some.
 * @param trusted a person vouches for the netlist, which may then hold commands and name files
 * @throws OhmbaError with file and line, what was expected and what to do
 */
export function loadCircuit(files: CircuitFiles, trusted = false): CircuitDefinition {
  const source = readSource(CIRCUIT_FILE, fileNamed(files, CIRCUIT_FILE, null));
  const file = checkFormat(source);
  const netlist = fileNamed(files, file.netlist, { source, path: ['netlist'] });
  const models = (file.models ?? []).map((name, i) => fileNamed(files, name, { source, path: ['models', i] }));
  const circuit = { ...circuitOf(file, netlist, models.join('\n')), ...(trusted ? { trusted } : {}) };
  try {
    checkCircuit(circuit);
  } catch (thrown) {
    if (!(thrown instanceof CircuitFault)) throw thrown;
    throw located(thrown, source, file, models);
  }
  return circuit;
}

function circuitOf(file: CircuitFile, netlist: string, models: string): CircuitDefinition {
  const { id, title, description = '', nodeset, options, measures, corners, episode, yieldCaveat, timeLimitMilliseconds } = file;
  const plausible = Object.entries(file.plausible ?? {}).map(([name, bounds]) => [
    name,
    Object.fromEntries(Object.entries(bounds).map(([end, value]) => [end, quantity(value)])),
  ]);
  return {
    id,
    title,
    description,
    parameters: parametersOf(file, netlist),
    specs: specsOf(file),
    process: processOf(file, models),
    netlist,
    analyses: file.analyses.map(analysisOf),
    measures,
    plausible: Object.fromEntries(plausible),
    ...(nodeset ? { nodeset } : {}),
    ...(options ? { options } : {}),
    ...(corners ? { corners: corners.map(cornerOf) } : {}),
    ...(episode ? { episode } : {}),
    ...(yieldCaveat ? { yieldCaveat } : {}),
    ...(timeLimitMilliseconds ? { timeLimitMilliseconds } : {}),
  };
}

function cornerOf({ section, ...numbers }: NonNullable<CircuitFile['corners']>[number]): CornerDefinition {
  const read = Object.entries(numbers).map(([name, value]) => [name, quantity(value)]);
  return { ...(section === undefined ? {} : { section }), ...Object.fromEntries(read) };
}

/** The schema has seen to it that an analysis has what its kind needs. */
function analysisOf({ guards, ...analysis }: CircuitFile['analyses'][number]): AnalysisDefinition {
  return { ...analysis, ...(guards ? { guards: guards.map(guardOf) } : {}) } as unknown as AnalysisDefinition;
}

/** The same fault with the file and line where a person will find it. */
function located(fault: CircuitFault, source: SourceText, file: CircuitFile, models: readonly string[]): OhmbaError {
  const { where, expected, todo } = fault;
  return new OhmbaError({ what: `${placeOf(where, source, file, models)}: ${fault.fault}`, expected, todo }, { cause: fault });
}

function placeOf(where: FaultPlace, source: SourceText, file: CircuitFile, models: readonly string[]): string {
  if (where.text === 'declaration') return `${CIRCUIT_FILE}:${source.lineOf(where.path)}`;
  return where.text === 'netlist' ? `${file.netlist}:${where.line}` : modelsPlace(file.models ?? [], models, where.line);
}

/** Model files were joined; the line counts through all of them. */
function modelsPlace(names: readonly string[], texts: readonly string[], line: number): string {
  let left = line;
  for (const [i, text] of texts.entries()) {
    const lines = text.split('\n').length;
    if (left <= lines) return `${names[i]}:${left}`;
    left -= lines;
  }
  return `${names.at(-1)}:${left}`;
}

function fileNamed(
  files: CircuitFiles,
  name: string,
  named: { readonly source: SourceText; readonly path: readonly (string | number)[] } | null,
): string {
  const text = Object.hasOwn(files, name) ? files[name] : undefined;
  if (text !== undefined) return text;
  const place = named ? `${CIRCUIT_FILE}:${named.source.lineOf(named.path)}: it names "${name}", which` : `"${name}"`;
  throw new OhmbaError({
    what: `${place} is not in the folder`,
    expected: `a file beside the others: ${Object.keys(files).join(', ') || 'the folder is empty'}`,
    todo: named ? 'add the file, or correct its name' : 'add it; ohmba new-circuit NAME writes one to start from',
  });
}
