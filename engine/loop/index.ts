export { createEngine } from './create-engine';
export type { EngineOptions } from './engine-options';
export { createHostClock } from './host-clock';
export { buildPlugins, type Registries } from './plugin-host';
export { serveEngine } from './serve-engine';
