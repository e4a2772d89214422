/** What the rest of the engine uses of circuits; pools are in pool.node.ts and pool.browser.ts. */
export * from './check-circuit';
export * from './cross-check';
export * from './export-netlist';
export * from './make-targets';
export * from './reward';
export * from './sampling';
export { createInProcessSimulator } from './simulators/in-process';
export { createSimulatorPool } from './simulators/pool';
export * from './witness-search';
