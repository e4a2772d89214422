import type { SimulatorHost } from '../api/plugin';
import { createNativeSimulator } from './ngspice-process.node';
import { createNodeSimulatorPool } from './pool.node';

export const nodeSimulatorHost: SimulatorHost = {
  ngspiceWasm: createNodeSimulatorPool,
  ngspiceNative: createNativeSimulator,
};
