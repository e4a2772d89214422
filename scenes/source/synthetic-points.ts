/** The points of one made-up circuit, in the form in which an engine answers. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Points } from '../../engine/api/questions';

export interface SyntheticPoint {
  readonly simulation: number;
  readonly tick: number;
  readonly slot: number;
  readonly episode: number;
  readonly step: number;
  readonly origin: string;
  readonly valid: boolean;
  readonly met: boolean;
  readonly reward: number;
  readonly u: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** How far the made-up neural simulator was off, -0.5 … 0.5. */
  readonly surprise: number;
}

export interface SyntheticPoints {
  add(point: SyntheticPoint): void;
  since(since: number, limit?: number): Points;
}

export function createSyntheticPoints(info: CircuitInfo): SyntheticPoints {
  const kept: SyntheticPoint[] = [];
  const origins = ['policy', 'random', 'toward-best'];
  const { specs } = info;
  return {
    add: (point) => kept.push({ ...point, u: Float32Array.from(point.u), values: Float64Array.from(point.values) }),
    since(since, limit = Number.POSITIVE_INFINITY) {
      const cut = kept.slice(since, since + limit);
      const z = (value: number, s: number) => (Math.log(value) - specs[s].transform.center) / specs[s].transform.spread;
      const flat = (of: (point: SyntheticPoint, s: number) => number) =>
        cut.flatMap((point) => specs.map((_, s) => of(point, s)));
      return {
        circuit: info.index,
        first: Math.min(since, kept.length),
        count: cut.length,
        total: kept.length,
        origins,
        simulation: Uint32Array.from(cut, (point) => point.simulation),
        tick: Uint32Array.from(cut, (point) => point.tick),
        slot: Uint32Array.from(cut, (point) => point.slot),
        episode: Uint32Array.from(cut, (point) => point.episode),
        step: Uint16Array.from(cut, (point) => point.step),
        phase: new Uint8Array(cut.length),
        origin: Uint8Array.from(cut, (point) => Math.max(0, origins.indexOf(point.origin))),
        valid: Uint8Array.from(cut, (point) => Number(point.valid)),
        met: Uint8Array.from(cut, (point) => Number(point.met)),
        reward: Float32Array.from(cut, (point) => point.reward),
        u: Float32Array.from(cut.flatMap((point) => Array.from(point.u))),
        measures: Float64Array.from(flat((point, s) => (point.valid ? point.values[s] : Number.NaN))),
        predicted: Float32Array.from(flat((point, s) => z(point.values[s], s) + point.surprise * (0.1 + 0.05 * s))),
        spread: Float32Array.from(flat((_, s) => 0.04 + 0.02 * s)),
        validity: Float32Array.from(cut, (point) => (point.valid ? 0.97 : 0.6)),
      };
    },
  };
}
