export * from './check-circuit';
export * from './measure-transform';
export * from './parameter-space';
export * from './reward';
export { createInProcessSimulator } from './simulators/in-process';
