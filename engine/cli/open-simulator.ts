import type { Simulator } from '../api';
import { createInProcessSimulator } from '../circuit';

export type SimulatorName = 'wasm' | 'native';

/** @param workers evaluations at once; 0: one a core */
export async function openSimulator(_kind: SimulatorName, _workers: number): Promise<Simulator> {
  return createInProcessSimulator(() => performance.now());
}
