import type { CircuitDefinition } from '../../api/circuit';
import { customary } from '../../api/parameter-value';
import { type CrossCheck, crossCheck, tolerance } from '../../circuit/cross-check';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { openSimulator } from '../open-simulator';
import { flag, integer } from '../options';
import { oneWord } from '../sizing';
import { formatTable } from '../table';
import { readingInput } from '../usage-error';

export const crosscheck = defineCommand({
  name: 'crosscheck',
  usage: 'crosscheck CIRCUIT [options]',
  summary: 'random sizings on ngspice in WASM and of the system; 1 where they differ or none is valid on both',
  options: {
    points: { type: integer(1, 1e5), value: 100, help: 'random sizings' },
    seed: { type: integer(0, 2 ** 32 - 1), value: 1, help: 'seed' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { points, seed, json }, terminal) {
    const word = oneWord('crosscheck', words, 'circuit');
    const circuit = await findCircuit(word);
    // A machine without ngspice is nothing that this command could do anything about.
    const native = await readingInput(() => openSimulator('native', 0));
    const wasm = await openSimulator('wasm', 0);
    try {
      for (const simulator of [wasm, native]) simulator.register(circuit);
      const result = await crossCheck(circuit, wasm, native, { points, seed });
      if (json) terminal.out(`${JSON.stringify(asJson(circuit, seed, result))}\n`);
      else terminal.out(`${wasm.description}; ${native.description}\n${describe(word, circuit, result)}`);
      return result.disagreements.length === 0 && result.bothValid > 0 ? 0 : 1;
    } finally {
      await Promise.all([wasm.dispose(), native.dispose()]);
    }
  },
});

function asJson(circuit: CircuitDefinition, seed: number, { points, bothValid, disagreements, largest }: CrossCheck) {
  const named = disagreements.map(({ point, parameters, what, first, second }) => ({
    point,
    what,
    wasm: first,
    native: second,
    parameters: Object.fromEntries(circuit.parameters.map(({ name }, i) => [name, parameters[i]!])),
  }));
  return { circuit: circuit.id, seed, points, bothValid, largest, disagreements: named };
}

function describe(word: string, circuit: CircuitDefinition, { points, bothValid, disagreements, largest }: CrossCheck): string {
  const right = 'right' as const;
  const inUnit = (value: number, unit: string) =>
    unit === '' ? `${(100 * value).toPrecision(3)} %` : `${value.toPrecision(3)} ${unit}`;
  const differenceOf = (name: string, unit: string) => (bothValid === 0 ? '—' : inUnit(largest[name] ?? 0, unit));
  const summary = circuit.specs.map((spec) => {
    const { limit, unit } = tolerance(spec);
    return [spec.name, differenceOf(spec.name, unit), inUnit(limit, unit)];
  });
  const nothing = `Nothing could be compared: ohmba check ${word} says why sizings fail.\n`;
  const counts = `${circuit.id}: ${points} sizings, ${bothValid} valid on both, ${disagreements.length} disagreements\n`;
  const head = `${counts}${bothValid === 0 ? nothing : ''}\n`;
  const columns = [{ title: 'measure' }, { title: 'largest difference', align: right }, { title: 'allowed', align: right }];
  const table = formatTable(columns, summary);
  if (disagreements.length === 0) return head + table;
  const rows = disagreements.map(({ point, what, first, second, parameters }) => [
    String(point),
    what,
    first,
    second,
    circuit.parameters.map((parameter, i) => `${parameter.name}=${customary(parameter, parameters[i]!)}`).join(' '),
  ]);
  const titles = ['point', 'what', 'wasm', 'native', 'sizing'];
  return `${head}${table}\n${formatTable(
    titles.map((title) => ({ title })),
    rows,
  )}`;
}
