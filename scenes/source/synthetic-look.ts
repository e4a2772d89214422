/** The inside of an agent that does not exist: numbers of the right shape that depend on the point. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Insight } from '../../engine/api/insight';
import type { LensAnswer, Points } from '../../engine/api/questions';
import { optimum, pretend } from './synthetic-circuit-model';

function wave(length: number, phase: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + phase));
}

export function pretendLook(info: CircuitInfo, points: Points, steps: number): LensAnswer {
  const u = points.u;
  const zOf = (at: ArrayLike<number>) => {
    const { values } = pretend(info, at, () => 0);
    return Float32Array.from(info.specs, ({ transform }, s) => (Math.log(values[s]) - transform.center) / transform.spread);
  };
  const onward = (at: Float32Array) => at.map((value, p) => value + 0.25 * (optimum(info, p) - value));
  const next = onward(u);
  const spread = Float32Array.from(info.specs, (_, s) => 0.05 + 0.02 * s);
  const tokens = info.parameters.length + info.specs.length + 2;
  const layer = (network: string, number: number, phase: number) => ({
    network,
    layer: number,
    backward: network === 'actor' && number === 1,
    step: wave(tokens, phase).map((value) => 0.3 + 0.2 * value),
    state: wave(tokens, phase + 1).map((value) => 0.6 + 0.3 * value),
  });
  const insight: Insight = {
    tokens,
    mean: u.map((value, p) => 3 * (next[p] - value)),
    logStd: u.map(() => -1.2),
    next,
    values: [-0.4, -0.35],
    predicted: { z: zOf(next), spread, validity: 0.96 },
    layers: [layer('actor', 0, 0), layer('actor', 1, 2), layer('critic 1', 0, 4), layer('critic 2', 0, 5)],
    attribution: wave(tokens * info.parameters.length, u[0]),
  };
  const rollout: LensAnswer['rollout'][number][] = [];
  for (let at = next; rollout.length < steps; at = onward(at)) rollout.push({ u: at, z: zOf(at), spread, validity: 0.96 });
  const target = Float64Array.from(info.specs, (spec) => spec.target);
  return { circuit: info.index, step: points.step[0], u, z: zOf(u), valid: true, target, insight, rollout };
}
