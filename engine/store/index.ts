export * from './memory-store';
export type * from './run-store';
