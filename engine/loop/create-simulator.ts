import type { Simulator, SimulatorOptions } from '../api';
import { OhmbaError } from '../base';
import type { Registries } from './plugin-host';

/**
 * Starts a simulator that some plugin registered: the only way in which hosts come by one.
 * @throws OhmbaError if none of this id was registered; what the simulator throws if it cannot run here
 */
export async function createSimulator(
  { simulators, reports }: Pick<Registries, 'simulators' | 'reports'>,
  id: string,
  options: SimulatorOptions,
): Promise<Simulator> {
  const definition = simulators.get(id);
  if (definition) return definition.create(options);
  const failed = reports.filter(({ state }) => state === 'failed').map(({ reason }) => reason);
  throw new OhmbaError({
    what: `no plugin registered the simulator "${id}"${failed.length > 0 ? ` (${failed.join('; ')})` : ''}`,
    expected: simulators.size > 0 ? `one of ${[...simulators.keys()].join(', ')}` : 'a plugin that registers one',
    todo: 'choose one of these, or add the plugin that brings it',
  });
}
