import type { CircuitDefinition, Simulator } from '../../api';
import { evaluateSizings, randomSizings } from '../../circuit/sampling';
import { openSimulator, type SimulatorName } from '../open-simulator';

/** What full evaluations cost: all analyses of sizings that are valid, which is where they run to their end. */
export interface SimulateBench {
  readonly circuit: string;
  readonly sizings: number;
  /** One core, the simulator's own clock: median and mean. */
  readonly wasm: Cost;
  /** The same, counted in processor time, which a busy machine does not stretch as much. */
  readonly wasmProcessorMilliseconds: number;
  /** A fresh process of the system's ngspice for each; null where there is none. */
  readonly native: Cost | null;
  /** Evaluations a second of two instances over those of one, and of WASM over native, one core each. */
  readonly poolSpeedUp: number;
  readonly wasmOverNative: number | null;
}

export interface Cost {
  readonly description: string;
  readonly median: number;
  readonly mean: number;
  readonly perSecond: number;
}

export interface SimulateBenchHost {
  readonly now: () => number;
  /** Milliseconds of processor time that this process has used. */
  readonly processorTime: () => number;
}

/** Times full evaluations of random valid sizings (linear mapping, seed 1). */
export async function benchSimulate(
  circuit: CircuitDefinition,
  count: number,
  { now, processorTime }: SimulateBenchHost,
): Promise<SimulateBench> {
  const one = await openSimulator('wasm', 1, false);
  try {
    one.register(circuit);
    // Finding them warms the engine up: WebAssembly is compiled again, better, while it runs.
    const sizings = await validSizings(circuit, one, count);
    const before = processorTime();
    const wasm = await cost(circuit, one, sizings, now);
    const wasmProcessorMilliseconds = (processorTime() - before) / sizings.length;
    const native = await withSimulator('native', 1, circuit, (simulator) => cost(circuit, simulator, sizings, now)).catch(
      () => null,
    );
    const two = await withSimulator('wasm', 2, circuit, async (simulator) => {
      // Both instances see every sizing first, as the single one has.
      await evaluateSizings(circuit, simulator, [...sizings, ...sizings]);
      return cost(circuit, simulator, sizings, now);
    });
    // The single one again, beside the pair in time: a machine's speed changes while one measures.
    const again = await cost(circuit, one, sizings, now);
    return {
      circuit: circuit.id,
      sizings: sizings.length,
      wasm,
      wasmProcessorMilliseconds,
      native,
      poolSpeedUp: two.perSecond / again.perSecond,
      wasmOverNative: native && wasm.perSecond / native.perSecond,
    };
  } finally {
    await one.dispose();
  }
}

const MOST_DRAWS = 100;

async function validSizings(circuit: CircuitDefinition, simulator: Simulator, count: number): Promise<Float64Array[]> {
  const drawn = randomSizings(circuit, { count: MOST_DRAWS * count, seed: 1, mapping: 'linear' });
  const valid: Float64Array[] = [];
  for (const parameters of drawn) {
    if (valid.length === count) break;
    if ((await simulator.evaluate({ circuitId: circuit.id, parameters })).valid) valid.push(parameters);
  }
  return valid;
}

async function cost(
  circuit: CircuitDefinition,
  simulator: Simulator,
  sizings: readonly Float64Array[],
  now: () => number,
): Promise<Cost> {
  const begin = now();
  const samples = await evaluateSizings(circuit, simulator, sizings);
  const elapsed = now() - begin;
  const each = samples.map(({ evaluation }) => evaluation.milliseconds).sort((a, b) => a - b);
  return {
    description: simulator.description,
    median: each[Math.floor(each.length / 2)] ?? Number.NaN,
    mean: each.reduce((sum, value) => sum + value, 0) / each.length,
    perSecond: (1000 * sizings.length) / elapsed,
  };
}

async function withSimulator<T>(
  kind: SimulatorName,
  workers: number,
  circuit: CircuitDefinition,
  work: (simulator: Simulator) => Promise<T>,
): Promise<T> {
  const simulator = await openSimulator(kind, workers, false);
  try {
    simulator.register(circuit);
    return await work(simulator);
  } finally {
    await simulator.dispose();
  }
}
