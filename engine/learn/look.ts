import type { AgentCircuit, Insight, InsightLayer, Situation } from '../api';
import type { HyperParameters } from '../api/hyper-parameters';
import type { Executor, Program } from '../tensor';
import { buildLookPlan, type WatchedLayer } from './look-plan';
import type { LearningState } from './networks';
import { normaliseTarget } from './normalise-target';
import { expectationAt } from './worth';

/** Shows the inside of an agent. Plans are compiled at the first look at a circuit: who never looks pays nothing. */
export interface Lens {
  look(circuit: AgentCircuit, situation: Situation): Promise<Insight>;
  /** Forgets its plans: the learning state has changed its shape. */
  reset(): void;
}

interface Prepared {
  readonly program: Program;
  readonly layers: readonly WatchedLayer[];
}

export function createLens(executor: Executor, state: () => LearningState, hyper: HyperParameters): Lens {
  const prepared = new Map<number, Prepared>();
  /** One look after the other: they share the inputs of a program. */
  let last: Promise<unknown> = Promise.resolve();

  function prepare(index: number): Prepared {
    const known = prepared.get(index);
    if (known) return known;
    const { plan, layers } = buildLookPlan(state(), hyper, index);
    const made = { program: executor.prepare(plan), layers };
    prepared.set(index, made);
    return made;
  }

  async function lookNow(circuit: AgentCircuit, situation: Situation): Promise<Insight> {
    const { program, layers } = prepare(circuit.info.index);
    await executor.ready?.();
    const P = circuit.info.parameters.length;
    const S = circuit.info.specs.length;
    const T = P + S + 2;
    const copies = (values: ArrayLike<number>) =>
      Float32Array.from({ length: P * values.length }, (_, i) => values[i % values.length]!);
    program.write('u', copies(situation.u));
    program.write('z', copies(situation.z));
    program.write('goal', copies(normaliseTarget(circuit, situation.target, hyper.margin)));
    program.write('valid', copies([situation.valid ? 1 : 0]));
    program.run();
    const read = (name: string) => program.read(name);
    const values = await read('values');
    const tokens = await read('tokens');
    const gradient = await read('gradient');
    const width = tokens.length / (P * T);
    return {
      tokens: T,
      mean: (await read('mean')).slice(0, P),
      logStd: (await read('logStd')).slice(0, P),
      next: (await read('next')).slice(0, P),
      values: [values[0]!, values[P]!],
      predicted: hyper.modelBased === 0 ? null : expected(await read('z'), await read('validity'), P, S, hyper.members),
      layers: (await Promise.all(layers.map((layer) => insideOf(read, layer, P * T, T)))).flat(),
      attribution: Float32Array.from({ length: P * T }, (_, row) => {
        let total = 0;
        for (let i = row * width; i < (row + 1) * width; i++) total += gradient[i]! * tokens[i]!;
        return total;
      }),
    };
  }

  return {
    look(circuit, situation) {
      const turn = last.then(() => lookNow(circuit, situation));
      last = turn.catch(() => {});
      return turn;
    },
    reset() {
      for (const { program } of prepared.values()) program.dispose();
      prepared.clear();
    },
  };
}

/** What the members together expect of the first copy. */
function expected(z: Float32Array, validity: Float32Array, copies: number, S: number, members: number) {
  const opinions = {
    z: Array.from({ length: members }, (_, m) => Float64Array.from(z.subarray(m * copies * S, m * copies * S + S))),
    validity: Array.from({ length: members }, (_, m) => Float64Array.of(validity[m * copies]!)),
  };
  return expectationAt(opinions, 0, S);
}

/** @param rows rows of one member; its first T are those of the first copy */
async function insideOf(
  read: (name: string) => Promise<Float32Array>,
  { name, network, layer, backward }: WatchedLayer,
  rows: number,
  T: number,
): Promise<InsightLayer[]> {
  const [step, input, b, decay] = await Promise.all(['step', 'input', 'b', 'decay'].map((part) => read(`${name}.${part}`)));
  const members = network === 'critic' ? 2 : 1;
  const D = step!.length / (rows * members);
  const N = b!.length / (rows * members);
  return Array.from({ length: members }, (_, m) => {
    const part = (values: Float32Array, columns: number) => values.subarray(m * rows * columns, (m * rows + T) * columns);
    const inside = scanState({
      step: part(step!, D),
      input: part(input!, D),
      b: part(b!, N),
      decay: decay!.subarray(m * D * N, (m + 1) * D * N),
      tokens: T,
      backward,
    });
    return { network: members === 1 ? network : `${network} ${m + 1}`, layer, backward, ...inside };
  });
}

interface Scan {
  /** Δ and input, [T · D]; B, [T · N]; A, [D · N]. */
  readonly step: Float32Array;
  readonly input: Float32Array;
  readonly b: Float32Array;
  readonly decay: Float32Array;
  readonly tokens: number;
  /** Rows are in reading order: a layer that reads backward has the last token first. */
  readonly backward: boolean;
}

/**
 * The state that a selective scan keeps to itself, h_t = exp(Δ_t A) h_{t-1} + Δ_t B_t u_t, summed up per token
 * (arXiv 2312.00752, equations 2 and 4), in the order of the tokens.
 */
export function scanState({ step, input, b, decay, tokens, backward }: Scan): Pick<InsightLayer, 'step' | 'state'> {
  const D = step.length / tokens;
  const N = b.length / tokens;
  const h = new Float64Array(D * N);
  const steps = new Float32Array(tokens);
  const state = new Float32Array(tokens);
  for (let t = 0; t < tokens; t++) {
    let sum = 0;
    let squares = 0;
    for (let d = 0; d < D; d++) {
      const delta = step[t * D + d]!;
      sum += delta;
      for (let n = 0; n < N; n++) {
        const at = d * N + n;
        h[at] = Math.exp(delta * decay[at]!) * h[at]! + delta * b[t * N + n]! * input[t * D + d]!;
        squares += h[at]! ** 2;
      }
    }
    const token = backward ? tokens - 1 - t : t;
    steps[token] = sum / D;
    state[token] = Math.sqrt(squares / (D * N));
  }
  return { step: steps, state };
}
