import type { AgentCircuit } from '../../engine/api';
import { toyCircuit } from '../learn/fixtures';

export { toyRandom } from '../learn/fixtures';

/** A circuit that an agent can learn on without a simulator: what plans need of it. */
export function toyAgentCircuit(index: number, parameters: number, specs: number): AgentCircuit {
  const unused = (): never => {
    throw new Error('a toy circuit is never simulated');
  };
  return {
    info: toyCircuit(index, parameters, specs),
    start: new Float32Array(parameters).fill(0.5),
    benchmark: new Float64Array(specs).fill(60),
    toPhysical: (u) => Float64Array.from(u),
    toUnit: (values) => Float32Array.from(values),
    toZ: (measures) => Float32Array.from(measures, (value) => Math.log1p(Math.abs(value)) / 5),
    fromZ: (z) => Float64Array.from(z),
    score: unused,
    sampleTarget: unused,
  };
}
