import type { SimulatorHost } from '../api/plugin';
import { createBrowserSimulatorPool } from './pool.browser';

export const browserSimulatorHost: SimulatorHost = {
  ngspiceWasm: createBrowserSimulatorPool,
  ngspiceNative: null,
};
