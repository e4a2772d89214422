import type { CircuitDefinition, Evaluation, SpecDefinition } from '../../api/circuit';
import { formatQuantity, RandomStream } from '../../base';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { evaluateAll } from '../evaluate-all';
import { openSimulator } from '../open-simulator';
import { flag, integer } from '../options';
import { customary } from '../quantity';
import { oneWord, randomSizing } from '../sizing';
import { formatTable } from '../table';

/** Where the two simulators say different things about a sizing. */
interface Disagreement {
  readonly point: number;
  readonly what: string;
  readonly wasm: string;
  readonly native: string;
  readonly parameters: Readonly<Record<string, number>>;
}

export const crosscheck = defineCommand({
  name: 'crosscheck',
  usage: 'crosscheck CIRCUIT [options]',
  summary: 'the same random sizings on ngspice in WASM and on the system ngspice; 1 where they differ',
  options: {
    points: { type: integer(1, 1e5), value: 100, help: 'random sizings' },
    seed: { type: integer(0, 2 ** 32 - 1), value: 1, help: 'seed' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { points, seed, json }, terminal) {
    const circuit = await findCircuit(oneWord('crosscheck', words, 'circuit'));
    const random = new RandomStream(seed);
    const sizings = Array.from({ length: points }, () => randomSizing(circuit, 'log', random));
    const runs: Evaluation[][] = [];
    for (const kind of ['wasm', 'native'] as const) {
      const simulator = await openSimulator(kind, 0);
      try {
        simulator.register(circuit);
        runs.push(await evaluateAll(simulator, circuit.id, sizings, terminal, simulator.description));
      } finally {
        await simulator.dispose();
      }
    }
    const [wasm, native] = runs as [Evaluation[], Evaluation[]];
    const disagreements = sizings.flatMap((sizing, i) => compare(circuit, i, sizing, wasm[i]!, native[i]!));
    const bothValid = wasm.filter(({ valid }, i) => valid && native[i]!.valid).length;
    if (json) terminal.out(`${JSON.stringify({ circuit: circuit.id, seed, points, bothValid, disagreements })}\n`);
    else terminal.out(describe(circuit, points, bothValid, disagreements));
    return disagreements.length === 0 ? 0 : 1;
  },
});

function compare(circuit: CircuitDefinition, point: number, sizing: Float64Array, a: Evaluation, b: Evaluation): Disagreement[] {
  const parameters = Object.fromEntries(circuit.parameters.map(({ name }, i) => [name, sizing[i]!]));
  if (a.valid !== b.valid) {
    const say = ({ valid, failure, failureDetail }: Evaluation) => (valid ? 'valid' : `${failure}: ${failureDetail}`);
    return [{ point, what: 'validity', wasm: say(a), native: say(b), parameters }];
  }
  if (!a.valid) return [];
  return circuit.specs.flatMap((spec, i) => {
    const [x, y] = [a.measures[i]!, b.measures[i]!];
    if (agree(spec, x, y)) return [];
    return [
      { point, what: spec.name, wasm: formatQuantity(x, spec.unit, 6), native: formatQuantity(y, spec.unit, 6), parameters },
    ];
  });
}

/** Within 0.1 dB for gains, 1 degree for angles, 1 % for the rest. */
function agree(spec: SpecDefinition, x: number, y: number): boolean {
  if (spec.kind === 'phase-margin') return Math.abs(x - y) <= 1;
  if (spec.unit === 'dB') return Math.abs(x - y) <= 0.1;
  if (spec.kind === 'gain') return Math.abs(20 * Math.log10(x / y)) <= 0.1;
  return x === y || Math.abs(x - y) <= 0.01 * Math.max(Math.abs(x), Math.abs(y));
}

function describe(circuit: CircuitDefinition, points: number, bothValid: number, found: readonly Disagreement[]): string {
  const head = `${circuit.id}: ${points} sizings, ${bothValid} valid on both, ${found.length} disagreements\n`;
  if (found.length === 0) return head;
  const rows = found.map(({ point, what, wasm, native, parameters }) => [
    String(point),
    what,
    wasm,
    native,
    circuit.parameters.map((parameter) => `${parameter.name}=${customary(parameter, parameters[parameter.name]!)}`).join(' '),
  ]);
  return `${head}\n${formatTable([{ title: 'point' }, { title: 'what' }, { title: 'wasm' }, { title: 'native' }, { title: 'sizing' }], rows)}`;
}
