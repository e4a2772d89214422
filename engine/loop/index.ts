export { changeRun } from './change-run';
export { createEngine } from './create-engine';
export { createSimulator } from './create-simulator';
export type { EngineOptions } from './engine-options';
export { createHostClock } from './host-clock';
export { buildPlugins, type Registries } from './plugin-host';
export { serveEngine } from './serve-engine';
