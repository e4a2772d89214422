import type { Simulator } from '../api';
import { nodeSimulatorHost } from '../circuit/simulator-host.node';
import { createSimulator } from '../loop';
import { pluginCatalogue } from './catalogue';

export type SimulatorName = 'wasm' | 'native';

/**
 * @param workers evaluations at once; 0: one a core
 * @param cache false for who times simulations
 */
export async function openSimulator(kind: SimulatorName, workers: number, cache = true): Promise<Simulator> {
  const options = { host: nodeSimulatorHost, cache, ...(workers > 0 ? { workers } : {}) };
  return createSimulator(await pluginCatalogue(), `ngspice-${kind}`, options);
}
