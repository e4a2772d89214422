/** The public surface: all that plugins and scenes may import of the engine. */
export type { Clock, ErrorParts, Kernel, KernelFamily, RandomState } from '../base';
export {
  condition,
  firstKernel,
  fitKernel,
  formatQuantity,
  median,
  messageOf,
  OhmbaError,
  parseQuantity,
  quantile,
  RandomStream,
} from '../base';
export type * from './agent';
export type * from './agent-definition';
export type * from './analysis';
export type * from './circuit';
export type * from './circuit-info';
export type * from './command';
export * from './connect-engine-worker';
export * from './declare';
export * from './distance';
export * from './engine';
export * from './hyper-parameters';
export type * from './insight';
export { thresholdSigma } from './matching';
export * from './measure-transform';
export * from './number-range';
export * from './parameter-space';
export * from './parameter-value';
export * from './phases';
export type * from './plugin';
export * from './point-columns';
export type * from './questions';
export type * from './schedule';
export * from './snapshot';
export * from './verification';
