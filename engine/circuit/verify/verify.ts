import type { CircuitDefinition, Simulator } from '../../api/circuit';
import { hasMismatch } from '../../api/matching';
import type { SpecSpread, Verified, Yield } from '../../api/verification';
import { spreadsOf, yieldOf } from '../../api/verification';
import { OhmbaError } from '../../base';
import { benchmarkTargets, score } from '../reward';
import { atCorner, type Corner, withSample } from './corners';

export interface Verification {
  readonly corners: readonly Verified[];
  readonly samples: readonly Verified[];
  readonly cornerSpecs: readonly SpecSpread[];
  readonly sampleSpecs: readonly SpecSpread[];
  readonly yield: Yield | null;
}

export interface VerifyOptions {
  readonly corners: readonly Corner[];
  /** Mismatch samples at nominal conditions. */
  readonly samples: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

/** A corner, or the number of a mismatch sample at nominal conditions. */
export type Condition = { readonly corner: Corner } | { readonly sample: number };

/**
 * Simulates one sizing under one condition.
 * @throws OhmbaError where a sample is asked for and mismatch of the process is not known
 */
export async function verifyUnder(
  circuit: CircuitDefinition,
  simulator: Simulator,
  parameters: Float64Array,
  condition: Condition,
): Promise<Verified> {
  if ('sample' in condition && !hasMismatch(circuit.process.library))
    throw new OhmbaError({
      what: `mismatch of ${circuit.process.library} is not known`,
      expected: 'a circuit in gf180',
      todo: 'leave the Monte Carlo samples out',
    });
  const variant = 'corner' in condition ? atCorner(circuit, condition.corner) : withSample(circuit, condition.sample);
  simulator.register(variant);
  const evaluation = await simulator.evaluate({ circuitId: variant.id, parameters });
  const { distances, met } = score(circuit.specs, evaluation.measures, evaluation.valid, benchmarkTargets(circuit.specs));
  return { title: 'corner' in condition ? condition.corner.title : `sample ${condition.sample}`, evaluation, distances, met };
}

/**
 * Simulates one sizing at every corner and with every mismatch sample, as many at once as the simulator takes.
 * @throws OhmbaError where samples are asked for and mismatch of the process is not known
 */
export async function verifySizing(
  circuit: CircuitDefinition,
  simulator: Simulator,
  parameters: Float64Array,
  { corners, samples, seed, onProgress = () => {} }: VerifyOptions,
): Promise<Verification> {
  let done = 0;
  const one = async (condition: Condition) => {
    const verified = await verifyUnder(circuit, simulator, parameters, condition);
    onProgress(++done);
    return verified;
  };
  const atCorners = await Promise.all(corners.map((corner) => one({ corner })));
  const sampled = await Promise.all(Array.from({ length: samples }, (_, i) => one({ sample: seed + i })));
  return {
    corners: atCorners,
    samples: sampled,
    cornerSpecs: spreadsOf(circuit, atCorners),
    sampleSpecs: spreadsOf(circuit, sampled),
    yield: yieldOf(sampled),
  };
}
