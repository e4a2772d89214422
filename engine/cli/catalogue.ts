import type { AgentDefinition, App, CircuitDefinition, CircuitInfo, Plugin, ScheduleDefinition } from '../api';
import { messageOf, OhmbaError } from '../base';
import { unknownName } from './usage-error';

/** Every plugin folder of the repository. */
const modules = import.meta.glob<{ readonly default?: Plugin }>(['../../plugins/*/*/index.ts', '../../plugins/*/index.ts'], {
  eager: true,
});

/** Built-in plugins, by path, so that the order does not depend on the file system. */
export const builtInPlugins: readonly Plugin[] = Object.keys(modules)
  .sort()
  .flatMap((path) => modules[path]!.default ?? []);

/** What plugins bring, by id. */
export interface PluginCatalogue {
  readonly circuits: ReadonlyMap<string, CircuitDefinition>;
  readonly agents: ReadonlyMap<string, AgentDefinition<never>>;
  readonly schedules: ReadonlyMap<string, ScheduleDefinition>;
}

let known: Promise<PluginCatalogue> | null = null;

/** Asks all built-in plugins, once, what they bring. The engine builds them again for each run of its own. */
export function pluginCatalogue(): Promise<PluginCatalogue> {
  known ??= collect(builtInPlugins);
  return known;
}

async function collect(plugins: readonly Plugin[]): Promise<PluginCatalogue> {
  const circuits = new Map<string, CircuitDefinition>();
  const agents = new Map<string, AgentDefinition<never>>();
  const schedules = new Map<string, ScheduleDefinition>();
  const ignored = () => {};
  const app: App = {
    addCircuit: (circuit) => void circuits.set(circuit.id, circuit),
    addAgent: (agent) => void agents.set(agent.id, agent as unknown as AgentDefinition<never>),
    addSchedule: (schedule) => void schedules.set(schedule.id, schedule),
    addSimulator: ignored,
    addSystem: ignored,
    addCommand: ignored,
    addMetric: ignored,
    addPanel: ignored,
  };
  for (const plugin of plugins) {
    try {
      await plugin.build(app);
    } catch (error) {
      throw new OhmbaError({
        what: `the plugin ${plugin.id} failed: ${messageOf(error)}`,
        expected: 'it to register what it brings',
        todo: 'correct or remove its folder',
      });
    }
  }
  return { circuits, agents, schedules };
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

/** The part of a circuit that tables and networks read. */
export function circuitInfo({ id, title, parameters, specs }: CircuitDefinition, index: number): CircuitInfo {
  return { id, title, index, parameters, specs };
}
