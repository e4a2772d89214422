export type Product = 'kernels' | 'node' | 'page';
/** Builds those that are stale; rejects where one fails. */
export function build(names?: readonly Product[]): Promise<void>;
export function isBuilt(names: readonly Product[]): boolean;
