import type { AgentCircuit, SpecDefinition } from '../api';
import type { PackedBatch } from '../model/packed-batch';
import { repeatSegments, segmentShares } from '../model/segments';
import {
  abs,
  add,
  div,
  exp,
  type Graph,
  minimum,
  mul,
  neg,
  segmentSum,
  select,
  softplus,
  sqrt,
  square,
  step,
  sub,
  type Tensor,
  tanh,
} from '../tensor';

/**
 * Distance to targets and reward, inside a graph: the same formulas that engine/circuit applies to simulated results
 * (test/learn holds the two together), on normalised measures. So reward and termination follow exactly from predicted
 * measures and any target.
 */

/** What a batch's specs are, one value per spec row: [specRows, 1] each. */
export interface SpecTensors {
  /** +1 at-least, -1 at-most. */
  readonly direction: Tensor;
  readonly isLog: Tensor;
  readonly center: Tensor;
  readonly spread: Tensor;
  /** Ends of the target range and the benchmark target, normalised. */
  readonly easy: Tensor;
  readonly hard: Tensor;
  readonly benchmark: Tensor;
}

export function specTensors(graph: Graph, circuits: readonly AgentCircuit[], batch: PackedBatch): SpecTensors {
  const column = (pick: (spec: SpecDefinition) => number) => perSpec((circuit) => circuit.info.specs.map(pick));
  const normalised = (pick: (spec: SpecDefinition) => number) =>
    perSpec((circuit) => [...circuit.toZ(circuit.info.specs.map(pick))]);
  const perSpec = (values: (circuit: AgentCircuit) => number[]) => {
    const each = circuits.map(values);
    return graph.constant(
      [...batch.circuitOfSequence].flatMap((c) => each[c]!),
      batch.specRows,
      1,
    );
  };
  return {
    direction: column((spec) => (spec.direction === 'at-least' ? 1 : -1)),
    isLog: column((spec) => (spec.transform.scale === 'log' ? 1 : 0)),
    center: column((spec) => spec.transform.center),
    spread: column((spec) => spec.transform.spread),
    easy: normalised((spec) => spec.range.easy),
    hard: normalised((spec) => spec.range.hard),
    benchmark: normalised((spec) => spec.target),
  };
}

/**
 * Normalised violation of each spec, [rows, 1], in (-1, 1): negative where missed.
 * tanh(½·ln(x/g)) = (x-g)/(x+g) for log measures, (x-g)/(|x|+|g|) for linear ones, sign by direction.
 */
export function violations(specs: SpecTensors, z: Tensor, goal: Tensor): Tensor {
  const ratio = tanh(mul(mul(sub(z, goal), specs.spread), 0.5));
  const x = add(mul(z, specs.spread), specs.center);
  const g = add(mul(goal, specs.spread), specs.center);
  const difference = div(sub(x, g), add(add(abs(x), abs(g)), 1e-6));
  return mul(select(specs.isLog, ratio, difference), specs.direction);
}

export interface Score {
  /** Mean over specs of min(0, violation), [sequences, 1], in (-1, 0]. */
  readonly shortfall: Tensor;
  /** Root mean square over specs of min(0, violation), in [0, 1). */
  readonly distance: Tensor;
  /** 1 where no spec is missed, else 0. */
  readonly met: Tensor;
  /** Π sigmoid(sharpness · violation): a differentiable chance that all specs hold. */
  readonly chance: Tensor;
}

/** @param violation [members · specRows, 1]; results have members · sequences rows */
export function scoreOf(graph: Graph, batch: PackedBatch, violation: Tensor, sharpness: number, members = 1): Score {
  const segments = repeatSegments(batch.specSegments, members);
  const share = segmentShares(graph, segments);
  const missed = segmentSum(step(neg(violation)), segments);
  const misses = minimum(violation, 0);
  return {
    shortfall: mul(segmentSum(misses, segments), share),
    // Not quite the root at 0, where it has no slope.
    distance: sqrt(add(mul(segmentSum(square(misses), segments), share), 1e-10)),
    met: sub(1, step(missed)),
    chance: exp(neg(segmentSum(softplus(mul(violation, -sharpness)), segments))),
  };
}

/** Reward of engine/circuit: shortfall, +1 when all specs are met, -1 where invalid. All [sequences, 1]. */
export function rewardOf(score: Score, valid: Tensor): Tensor {
  return select(valid, add(score.shortfall, score.met), -1);
}

/**
 * Expected worth of a predicted point: valid ones by distance and half their chance of meeting all, invalid ones -1. The
 * distance counts one large miss for more than several small ones of the same sum: sizings that give one spec up to please
 * the others are where a search gets stuck.
 */
export function worthOf(score: Score, validity: Tensor): Tensor {
  return sub(mul(validity, add(sub(mul(score.chance, 0.5), score.distance), 1)), 1);
}

/** Moves goals beyond the target by `margin` of violation, so that a prediction's error does not cost the point. */
export function withMargin(specs: SpecTensors, goal: Tensor, margin: number): Tensor {
  // For log measures a violation of v is a ratio of (1+v)/(1-v); linear ones move by 2·v of their value.
  const ratio = Math.log((1 + margin) / (1 - margin));
  const g = add(mul(goal, specs.spread), specs.center);
  const offset = select(specs.isLog, ratio, mul(abs(g), 2 * margin));
  return add(goal, div(mul(offset, specs.direction), specs.spread));
}
