import type { Simulator, SimulatorOptions } from '../api';
import { OhmbaError } from '../base';
import { cachedSimulator } from '../circuit/simulators/cache';
import { worstCornerSimulator } from '../circuit/simulators/worst-corner';
import type { Registries } from './plugin-host';

/**
 * Starts a simulator that some plugin registered: the only way in which hosts come by one.
 * @param options `cache: false` for who times simulations
 * @throws OhmbaError if none of this id was registered; what the simulator throws if it cannot run here
 */
export async function createSimulator(
  { simulators, reports }: Pick<Registries, 'simulators' | 'reports'>,
  id: string,
  { cache = true, ...options }: SimulatorOptions & { readonly cache?: boolean },
): Promise<Simulator> {
  const definition = simulators.get(id);
  if (definition) {
    const bare = await definition.create(options);
    // Corners above the cache: each of a sizing's simulations is remembered on its own.
    return worstCornerSimulator(cache ? cachedSimulator(bare) : bare);
  }
  const failed = reports.filter(({ state }) => state === 'failed').map(({ reason }) => reason);
  throw new OhmbaError({
    what: `no plugin registered the simulator "${id}"${failed.length > 0 ? ` (${failed.join('; ')})` : ''}`,
    expected: simulators.size > 0 ? `one of ${[...simulators.keys()].join(', ')}` : 'a plugin that registers one',
    todo: 'choose one of these, or add the plugin that brings it',
  });
}
