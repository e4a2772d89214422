import type { MeasureTransform } from './circuit';

/** Values of z are clipped to ± this. */
export const Z_LIMIT = 4;
const DEFAULT_FLOOR = 1e-30;

/** A raw measure as a network reads it; 0 where it is missing. */
export function toZ(transform: MeasureTransform, measure: number): number {
  if (Number.isNaN(measure)) return 0;
  const { scale, center, spread, floor = DEFAULT_FLOOR } = transform;
  const value = scale === 'log' ? Math.log(Math.max(floor, measure)) : measure;
  return Math.min(Z_LIMIT, Math.max(-Z_LIMIT, (value - center) / spread));
}

/** The raw measure that a z stands for. */
export function fromZ(transform: MeasureTransform, z: number): number {
  const value = transform.center + transform.spread * z;
  return transform.scale === 'log' ? Math.exp(value) : value;
}
