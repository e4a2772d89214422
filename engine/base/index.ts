export * from './clock';
export * from './content-hash';
export * from './errors';
export * from './events';
export * from './random';
export * from './ring-buffer';
export * from './statistics';
export * from './units';
