import type { Simulator } from '../api';
import { createNativeSimulator } from '../circuit/ngspice-process.node';
import { createNodeSimulatorPool } from '../circuit/pool.node';

export type SimulatorName = 'wasm' | 'native';

/** @param workers evaluations at once; 0: one a core */
export function openSimulator(kind: SimulatorName, workers: number): Promise<Simulator> {
  const options = workers > 0 ? { workers } : {};
  return kind === 'wasm' ? createNodeSimulatorPool(options) : createNativeSimulator(options);
}
