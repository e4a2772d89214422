import type {
  AgentDefinition,
  App,
  CircuitDefinition,
  CommandDefinition,
  MetricDefinition,
  PanelDefinition,
  Plugin,
  PluginReport,
  ScheduleDefinition,
  SimulatorDefinition,
  SystemDefinition,
} from '../api';
import { PHASES } from '../api';
import { messageOf, OhmbaError } from '../base';
import { checkCircuit } from '../circuit/check-circuit';

/** What plugins brought, by id, and what became of each plugin. */
export interface Registries {
  readonly circuits: ReadonlyMap<string, CircuitDefinition>;
  readonly simulators: ReadonlyMap<string, SimulatorDefinition>;
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly schedules: ReadonlyMap<string, ScheduleDefinition>;
  readonly systems: ReadonlyMap<string, SystemDefinition>;
  readonly commands: ReadonlyMap<string, CommandDefinition>;
  readonly metrics: ReadonlyMap<string, MetricDefinition>;
  readonly panels: ReadonlyMap<string, PanelDefinition>;
  readonly reports: readonly PluginReport[];
}

const KINDS = ['circuits', 'simulators', 'agents', 'schedules', 'systems', 'commands', 'metrics', 'panels'] as const;
type Kind = (typeof KINDS)[number];
type Staged = { readonly kind: Kind; readonly id: string; readonly value: unknown };

/**
 * Builds plugins, each after those that it requires. One that fails is reported by name, with what was expected and
 * what to do, and leaves nothing behind; all others are built.
 */
export async function buildPlugins(plugins: readonly Plugin[]): Promise<Registries> {
  const taken = new Map<Kind, Map<string, unknown>>(KINDS.map((kind) => [kind, new Map()]));
  const owners = new Map<string, string>();
  const reports: PluginReport[] = [];
  const ready = new Set<string>();
  for (const [plugin, problem] of inOrder(plugins)) {
    const staged: Staged[] = [];
    let reason = problem ?? missingRequirement(plugin, plugins, ready);
    if (reason === null) {
      try {
        await plugin.build(appFor(plugin, staged, owners));
      } catch (thrown) {
        reason = messageOf(thrown);
      }
    }
    if (reason === null) {
      ready.add(plugin.id);
      for (const { kind, id, value } of staged) {
        taken.get(kind)!.set(id, value);
        owners.set(`${kind} ${id}`, plugin.id);
      }
    }
    reports.push({
      id: plugin.id,
      title: plugin.title ?? plugin.id,
      version: plugin.version ?? '',
      requires: plugin.requires ?? [],
      state: reason === null ? 'ready' : 'failed',
      reason: reason === null ? '' : `plugin "${plugin.id}": ${reason}`,
      brings: reason === null ? staged.map(({ kind, id }) => `${kind.slice(0, -1)} ${id}`) : [],
    });
  }
  return { ...(Object.fromEntries(taken) as unknown as Omit<Registries, 'reports'>), reports };
}

/** Plugins so that requirements come first; with what is wrong for those that have no place. */
function inOrder(plugins: readonly Plugin[]): [Plugin, string | null][] {
  const ordered: [Plugin, string | null][] = [];
  const seen = new Set<string>();
  const unique = plugins.filter((plugin) => {
    const problem = idProblem(plugin, seen);
    if (problem !== null) ordered.push([plugin, problem]);
    seen.add(plugin.id);
    return problem === null;
  });
  const placed = new Set<string>();
  let waiting = unique;
  while (waiting.length > 0) {
    const names = new Set(waiting.map(({ id }) => id));
    const next = waiting.filter(({ id, requires }) =>
      (requires ?? []).every((need) => placed.has(need) || !names.has(need) || need === id),
    );
    const free = next.filter(({ id, requires }) => !requires?.includes(id));
    if (free.length === 0) break;
    for (const plugin of free) {
      ordered.push([plugin, null]);
      placed.add(plugin.id);
    }
    waiting = waiting.filter((plugin) => !free.includes(plugin));
  }
  for (const plugin of waiting) {
    ordered.push([
      plugin,
      `${waiting.map(({ id }) => `"${id}"`).join(' and ')} require each other in a circle; expected requirements that end somewhere; drop one of them`,
    ]);
  }
  return ordered;
}

function idProblem(plugin: Plugin, seen: ReadonlySet<string>): string | null {
  if (typeof plugin.id !== 'string' || plugin.id === '' || typeof plugin.build !== 'function') {
    return 'it has no id or no build function; expected { id, build(app) }; export such an object as the default';
  }
  return seen.has(plugin.id) ? 'its id is taken by another plugin; expected an id of its own; rename one of the two' : null;
}

function missingRequirement({ requires = [] }: Plugin, plugins: readonly Plugin[], ready: ReadonlySet<string>): string | null {
  const missing = requires.find((id) => !ready.has(id));
  if (missing === undefined) return null;
  return plugins.some(({ id }) => id === missing)
    ? `it requires "${missing}", which failed; expected that to be ready; repair "${missing}" first`
    : `it requires "${missing}", which is not there; expected a plugin of that id; add it or drop the requirement`;
}

function appFor(plugin: Plugin, staged: Staged[], owners: ReadonlyMap<string, string>): App {
  const stage = (kind: Kind, id: string, value: unknown) => {
    if (typeof id !== 'string' || id === '') {
      throw new OhmbaError({ what: `one of its ${kind} has no id`, expected: 'a text', todo: 'give it an id' });
    }
    const owner = staged.some((other) => other.kind === kind && other.id === id) ? plugin.id : owners.get(`${kind} ${id}`);
    if (owner !== undefined) {
      throw new OhmbaError({
        what: `the id "${id}" is taken among the ${kind} (by plugin "${owner}")`,
        expected: 'an id of its own',
        todo: 'rename one of the two',
      });
    }
    staged.push({ kind, id, value });
  };
  return {
    addCircuit(circuit) {
      checkCircuit(circuit);
      stage('circuits', circuit.id, circuit);
    },
    addSimulator: (simulator) => stage('simulators', simulator.id, simulator),
    addAgent: (agent) => stage('agents', agent.id, agent),
    addSchedule: (schedule) => stage('schedules', schedule.id, schedule),
    addSystem(system) {
      if (!PHASES.includes(system.phase)) {
        throw new OhmbaError({
          what: `system "${system.id}" is for the phase "${system.phase}"`,
          expected: `one of ${PHASES.join(', ')}`,
          todo: 'correct its phase',
        });
      }
      stage('systems', system.id, system);
    },
    addCommand: (command) => stage('commands', command.id, command),
    addMetric: (metric) => stage('metrics', metric.id, metric),
    addPanel: (panel) => stage('panels', panel.id, panel),
  };
}

/** Lets plugins put away what they opened; one that fails does not keep the others from it. */
export async function disposePlugins(plugins: readonly Plugin[]): Promise<string[]> {
  const problems: string[] = [];
  for (const plugin of [...plugins].reverse()) {
    try {
      await plugin.dispose?.();
    } catch (thrown) {
      problems.push(`plugin "${plugin.id}" failed to dispose: ${messageOf(thrown)}`);
    }
  }
  return problems;
}
