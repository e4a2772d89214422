import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { builtInPlugins } from '../../plugins';
import type { CircuitDefinition, Plugin } from '../api';
import { CIRCUIT_FILE } from '../circuit/files/load-circuit';
import { readCircuitFolder } from '../circuit/files/read-folder.node';
import { buildPlugins, type Registries } from '../loop';
import { readingInput, unknownName, usageError } from './usage-error';

let registries: Promise<Registries> | null = null;
/** Circuits from folders that were named on the command line. */
const fromFolders: Plugin[] = [];

/** What the built-in plugins bring. The engine builds them again for a run of its own. */
export function pluginCatalogue(): Promise<Registries> {
  registries ??= buildPlugins(builtInPlugins);
  return registries;
}

/** Built-in plugins, and one for each circuit that `findCircuit` read from a folder. */
export function allPlugins(): readonly Plugin[] {
  return [...builtInPlugins, ...fromFolders];
}

/**
 * A circuit by its id, or by the path of a folder with its files (`./my-amplifier`).
 * @param trusted a person vouches for what is in the folder
 * @throws UsageError naming the circuits there are, or file and line of what is wrong in the folder
 */
export async function findCircuit(word: string, { trusted = false } = {}): Promise<CircuitDefinition> {
  const { circuits } = await pluginCatalogue();
  const builtIn = circuits.get(word);
  if (builtIn) return builtIn;
  if (!looksLikeFolder(word)) return find('circuit', circuits, word);
  const circuit = await readingInput(() => readCircuitFolder(word, trusted));
  if (circuits.has(circuit.id))
    throw usageError(
      `the circuit in ${word} has the id "${circuit.id}"`,
      'an id that no built-in circuit has',
      'rename it in circuit.json',
    );
  fromFolders.push({ id: `folder/${circuit.id}`, title: circuit.title, build: (app) => app.addCircuit(circuit) });
  return circuit;
}

function looksLikeFolder(word: string): boolean {
  return /[\\/]|^\.+$/.test(word) || existsSync(join(word, CIRCUIT_FILE));
}

/** An entry by its id. @throws UsageError naming those there are */
export function find<T>(kind: string, entries: ReadonlyMap<string, T>, id: string): T {
  const entry = entries.get(id);
  if (entry === undefined) throw unknownName(kind, id, [...entries.keys()].sort());
  return entry;
}
