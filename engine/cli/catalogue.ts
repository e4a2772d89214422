import { builtInPlugins } from '../../plugins';
import type { CircuitDefinition, CircuitInfo } from '../api';
import { buildPlugins, type Registries } from '../loop';
import { unknownName } from './usage-error';

let registries: Promise<Registries> | null = null;

/** What the built-in plugins bring. The engine builds them again for a run of its own. */
export function pluginCatalogue(): Promise<Registries> {
  registries ??= buildPlugins(builtInPlugins);
  return registries;
}

/** @throws UsageError naming the circuits there are */
export async function findCircuit(id: string): Promise<CircuitDefinition> {
  return find('circuit', (await pluginCatalogue()).circuits, id);
}

/** An entry by its id. @throws UsageError naming those there are */
export function find<T>(kind: string, entries: ReadonlyMap<string, T>, id: string): T {
  const entry = entries.get(id);
  if (entry === undefined) throw unknownName(kind, id, [...entries.keys()].sort());
  return entry;
}

/** The part of a circuit that tables read. */
export function circuitInfo({ id, title, parameters, specs }: CircuitDefinition, index: number): CircuitInfo {
  return { id, title, index, parameters, specs };
}
