/** The axes of a circuit: parameters, measures and reward, each with a place from 0 (bottom) to 1 (top) for every value. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import { physicalValue, positionInRange } from '../format/distance';
import { formatQuantity, formatReward } from '../format/engineering';
import type { Brush } from '../store/brush';
import type { PointColumns } from '../store/points';
import { shortNames } from '../wall/short-name';

export interface Axis {
  /** As brushes name it: `p.NAME`, `m.NAME`, `reward`. */
  readonly id: string;
  readonly kind: 'parameter' | 'measure' | 'reward';
  /** Place among the circuit's parameters or specs. */
  readonly index: number;
  readonly name: string;
  readonly title: string;
  /** Place of a value, 0 … 1, clipped; NaN where there is none. For measures up is better, whatever the direction. */
  place(value: number): number;
  value(place: number): number;
  format(value: number): string;
  /** Value of the point in a row. */
  of(points: PointColumns, row: number): number;
  /** Place of the target; NaN where there is none. */
  readonly target: number;
}

/** Points that the range of a measure is taken from. */
const SAMPLE = 2000;
/** Share of the points, at either end, that the range need not hold. */
const BEYOND = 0.01;

export function createAxes(info: CircuitInfo, points: PointColumns): readonly Axis[] {
  const P = info.parameters.length;
  const S = info.specs.length;
  const parameters = info.parameters.map((definition, index): Axis => {
    const { name, title, minimum, maximum, scale, unit } = definition;
    return {
      id: `p.${name}`,
      kind: 'parameter',
      index,
      name,
      title,
      place: (value) => positionInRange(value, minimum, maximum, scale),
      value: (place) => physicalValue(definition, place),
      format: (value) => formatQuantity(value, unit),
      of: (columns, row) => physicalValue(definition, columns.u[row * P + index]),
      target: Number.NaN,
    };
  });
  const short = shortNames(info.specs);
  const measures = info.specs.map((spec, index): Axis => {
    const { name, title, unit, target, direction, transform } = spec;
    const { minimum, maximum } = rangeOfMeasure(points, S, index, target, transform.scale === 'log');
    const scale = transform.scale === 'log' && minimum > 0 ? 'log' : 'linear';
    const flipped = direction === 'at-most';
    const place = (value: number) => {
      if (Number.isNaN(value)) return Number.NaN;
      const at = positionInRange(value, minimum, maximum, scale);
      return flipped ? 1 - at : at;
    };
    return {
      id: `m.${name}`,
      kind: 'measure',
      index,
      name: short[index],
      title,
      place,
      value: (at) => physicalValue({ minimum, maximum, scale }, flipped ? 1 - at : at),
      format: (value) => formatQuantity(value, unit),
      of: (columns, row) => columns.measures[row * S + index],
      target: place(target),
    };
  });
  const reward: Axis = {
    id: 'reward',
    kind: 'reward',
    index: 0,
    name: 'reward',
    title: 'Reward against the benchmark target: −1 is worst, 0 just misses, 1 meets all',
    // Met is a class of its own: the scale below it gets nearly all of the axis.
    place: (value) => (value > 0 ? 1 : Math.min(0.92, Math.max(0, (1 + value) * 0.92))),
    value: (at) => (at > 0.96 ? 1 : Math.min(0, at / 0.92 - 1)),
    format: formatReward,
    of: (columns, row) => columns.reward[row],
    target: Number.NaN,
  };
  return [...parameters, ...measures, reward];
}

function rangeOfMeasure(points: PointColumns, S: number, s: number, target: number, log: boolean) {
  const stride = Math.max(1, Math.floor(points.count / SAMPLE));
  const values: number[] = [];
  for (let row = 0; row < points.count; row += stride) {
    const value = points.measures[row * S + s];
    if (Number.isFinite(value) && (!log || value > 0)) values.push(value);
  }
  values.sort((a, b) => a - b);
  const cut = Math.floor(values.length * BEYOND);
  const low = Math.min(target, values[cut] ?? target);
  const high = Math.max(target, values[values.length - 1 - cut] ?? target);
  if (log && low > 0) {
    const room = Math.max(1.3, (high / low) ** 0.06);
    return { minimum: low / room, maximum: high * room };
  }
  const room = Math.max(Math.abs(target) * 0.1, (high - low) * 0.06);
  return { minimum: low - room, maximum: high + room };
}

/** Values that a brush lets through, with its ends widened by what a drag at the edge of an axis means: everything beyond. */
export function brushInterval(axis: Axis, { low, high }: Pick<Brush, 'low' | 'high'>): { low: number; high: number } {
  if (axis.kind === 'parameter') return { low, high };
  const ends = [axis.place(low), axis.place(high)];
  const flipped = ends[0] > ends[1];
  const isBottom = (at: number) => at <= 0.001;
  const isTop = (at: number) => at >= 0.999;
  return {
    low: (flipped ? isTop : isBottom)(ends[0]) ? Number.NEGATIVE_INFINITY : low,
    high: (flipped ? isBottom : isTop)(ends[1]) ? Number.POSITIVE_INFINITY : high,
  };
}
