/**
 * A handle of an entity: its index in the low 20 bits, the version of that index above. Indices are used again; an old
 * handle does not fit the new entity. 32 bits, so that handles travel in a Uint32Array. The version wraps after 4,096
 * reuses of one index.
 */
export type Entity = number & { readonly __entity: unique symbol };

export const INDEX_BITS = 20;
export const MAXIMUM_INDEX = (1 << INDEX_BITS) - 1;
const VERSIONS = 1 << (32 - INDEX_BITS);

export function entityOf(index: number, version: number): Entity {
  return ((((version % VERSIONS) << INDEX_BITS) | index) >>> 0) as Entity;
}

export function indexOf(entity: Entity): number {
  return entity & MAXIMUM_INDEX;
}
