import type { AgentCircuit, CircuitInfo, ParameterDefinition, SpecDefinition } from '../../engine/api';
import { fromZ, initialSizing, sizingToPhysical, sizingToUnit, toZ } from '../../engine/api';
import { benchmarkTargets, score } from '../../engine/circuit';

/** Circuits that need no simulator: names and sizes only matter to packing, pools and plans. */
export function toyCircuit(index: number, parameters: number, specs: number): CircuitInfo {
  return {
    id: `toy-${index}`,
    title: `Toy ${index}`,
    index,
    parameters: Array.from(
      { length: parameters },
      (_, i): ParameterDefinition => ({
        name: `p${i}`,
        title: `P${i}`,
        kind: 'width',
        unit: 'm',
        minimum: 0.5e-6,
        maximum: 100e-6,
        scale: 'log',
        initial: 7e-6,
        roles: [i % 2 ? 'mirror' : 'input-pair'],
        polarity: i % 2 ? 'p' : 'n',
        devices: [`m${i}`],
      }),
    ),
    specs: Array.from(
      { length: specs },
      (_, i): SpecDefinition => ({
        name: `s${i}`,
        title: `S${i}`,
        kind: i % 2 ? 'phase-margin' : 'gain',
        unit: '',
        direction: i % 3 === 2 ? 'at-most' : 'at-least',
        target: i % 2 ? 60 : 300,
        range: i % 2 ? { easy: 50, hard: 65 } : { easy: 200, hard: 450 },
        transform:
          i % 2 ? { scale: 'linear', center: 30, spread: 40 } : { scale: 'log', center: Math.log(300), spread: 1.5, floor: 1e-2 },
      }),
    ),
  };
}

/** A small linear congruential source, so that tests depend on nothing of the engine's. */
export function toyRandom(seed: number): { uniform(): number; normal(): number } {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return { uniform, normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()) };
}

/** A toy circuit with the engine's own formulas. */
export function toyAgentCircuit(index: number, parameters: number, specs: number): AgentCircuit {
  const info = toyCircuit(index, parameters, specs);
  return {
    info,
    start: sizingToUnit(info.parameters, initialSizing(info.parameters)),
    benchmark: benchmarkTargets(info.specs),
    toPhysical: (u) => sizingToPhysical(info.parameters, u),
    toUnit: (values) => sizingToUnit(info.parameters, values),
    toZ: (measures) => Float32Array.from(info.specs, (spec, i) => toZ(spec.transform, measures[i]!)),
    fromZ: (z) => Float64Array.from(info.specs, (spec, i) => fromZ(spec.transform, z[i]!)),
    score: (measures, valid, target) => score(info.specs, measures, valid, target),
    sampleTarget: () => benchmarkTargets(info.specs),
  };
}
