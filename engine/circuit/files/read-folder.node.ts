import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CircuitDefinition, CircuitFiles } from '../../api/circuit';
import { OhmbaError } from '../../base';
import { loadCircuit } from './load-circuit';

/** A netlist, its models and circuit.json are some kilobytes; a folder of something else is not read. */
const LARGEST = 32 * 1024 * 1024;

/**
 * The circuit in a folder of plain files.
 * @param trusted see `loadCircuit`
 * @throws OhmbaError that begins with the folder where it cannot be read, or with file and line where it is wrong
 */
export async function readCircuitFolder(folder: string, trusted = false): Promise<CircuitDefinition> {
  return loadCircuit(await readTexts(folder), trusted);
}

async function readTexts(folder: string): Promise<CircuitFiles> {
  const files: Record<string, string> = {};
  let total = 0;
  for (const name of (await entriesOf(folder)).sort()) {
    const path = join(folder, name);
    const { size } = await stat(path);
    total += size;
    if (total > LARGEST)
      throw new OhmbaError({
        what: `${folder} holds more than ${LARGEST / 1024 / 1024} MiB`,
        expected: 'circuit.json, a netlist and models',
        todo: 'give the circuit a folder of its own',
      });
    files[name] = await readFile(path, 'utf8');
  }
  return files;
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OhmbaError({
      what: `${folder} cannot be read (${code ?? String(error)})`,
      expected: 'a folder with circuit.json and a netlist',
      todo: 'correct the path; ohmba new-circuit NAME writes a folder to start from',
    });
  }
}
