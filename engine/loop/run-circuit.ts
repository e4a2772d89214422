import { type CircuitDefinition, fromZ, initialSizing, type RunConfiguration, sizingToPhysical, sizingToUnit, toZ } from '../api';
import { circuitInfo } from '../api/circuit-info';
import type { RandomStream } from '../base';
import { benchmarkTargets, score } from '../circuit';
import type { RunCircuit } from '../systems/resources';

/** A circuit with its formulas, at a place in the run. */
export function createRunCircuit(
  definition: CircuitDefinition,
  index: number,
  { episodeSteps, startPerturbation }: Pick<RunConfiguration, 'episodeSteps' | 'startPerturbation'>,
): RunCircuit {
  const { parameters, specs, episode } = definition;
  return {
    definition,
    info: circuitInfo(definition, index),
    start: sizingToUnit(parameters, initialSizing(parameters)),
    benchmark: benchmarkTargets(specs),
    episodeSteps: episode?.steps ?? episodeSteps,
    startPerturbation: episode?.startPerturbation ?? startPerturbation,
    toPhysical: (u) => sizingToPhysical(parameters, u),
    toUnit: (values) => sizingToUnit(parameters, values),
    toZ: (measures) => Float32Array.from(specs, (spec, i) => toZ(spec.transform, measures[i]!)),
    fromZ: (z) => Float64Array.from(specs, (spec, i) => fromZ(spec.transform, z[i]!)),
    score: (measures, valid, target) => score(specs, measures, valid, target),
    sampleTarget: (random) => sampleTarget(definition, random),
  };
}

/** Each spec's target on its own between easy and hard: log-uniform where its measure is read on a log scale. */
function sampleTarget({ specs }: CircuitDefinition, random: RandomStream): Float64Array {
  return Float64Array.from(specs, ({ range: { easy, hard }, transform }) => {
    const place = random.uniform();
    return transform.scale === 'log' && easy > 0 && hard > 0 ? easy * (hard / easy) ** place : easy + (hard - easy) * place;
  });
}
