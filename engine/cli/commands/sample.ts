import type { CircuitDefinition, Evaluation } from '../../api/circuit';
import { formatQuantity, RandomStream } from '../../base';
import { benchmarkTargets, score } from '../../circuit/reward';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { evaluateAll } from '../evaluate-all';
import { openSimulator } from '../open-simulator';
import { choice, flag, integer } from '../options';
import { type Mapping, oneWord, randomSizing } from '../sizing';
import { formatTable } from '../table';

const PERCENTILES = [5, 50, 95] as const;

export const sample = defineCommand({
  name: 'sample',
  usage: 'sample CIRCUIT [options]',
  summary: 'distribution of every measure over random sizings, and how many meet the target',
  options: {
    points: { type: integer(1, 1e6), value: 2000, help: 'sizings per mapping' },
    seed: { type: integer(0, 2 ** 32 - 1), value: 1, help: 'seed' },
    mapping: { type: choice('log', 'linear', 'both'), value: 'both' as Mapping | 'both', help: 'how the space is covered' },
    simulators: { type: integer(0, 256), value: 0, help: 'simulators at once; 0: one a core' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { points, seed, mapping, simulators, json }, terminal) {
    const circuit = await findCircuit(oneWord('sample', words, 'circuit'));
    const simulator = await openSimulator('wasm', simulators);
    try {
      simulator.register(circuit);
      const mappings: readonly Mapping[] = mapping === 'both' ? ['log', 'linear'] : [mapping];
      const reports = [];
      for (const one of mappings) {
        const random = new RandomStream(seed);
        const sizings = Array.from({ length: points }, () => randomSizing(circuit, one, random));
        const evaluations = await evaluateAll(simulator, circuit.id, sizings, terminal, `${one} mapping`);
        reports.push(summarise(circuit, one, evaluations));
      }
      const head = { circuit: circuit.id, seed, points };
      terminal.out(
        json
          ? `${JSON.stringify({ ...head, mappings: reports })}\n`
          : reports.map((report) => describe(circuit, report)).join('\n'),
      );
      return 0;
    } finally {
      await simulator.dispose();
    }
  },
});

function summarise(circuit: CircuitDefinition, mapping: Mapping, evaluations: readonly Evaluation[]) {
  const targets = benchmarkTargets(circuit.specs);
  const valid = evaluations.filter((evaluation) => evaluation.valid);
  const failures: Record<string, number> = {};
  for (const { failure } of evaluations) if (failure) failures[failure] = (failures[failure] ?? 0) + 1;
  return {
    mapping,
    evaluations: evaluations.length,
    valid: valid.length,
    met: valid.filter(({ measures }) => score(circuit.specs, measures, true, targets).met).length,
    failures,
    milliseconds: evaluations.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / Math.max(1, evaluations.length),
    measures: Object.fromEntries(
      circuit.specs.map(({ name }, i) => {
        const sorted = Float64Array.from(valid, ({ measures }) => measures[i]!).sort();
        return [name, PERCENTILES.map((percentile) => sorted[Math.floor((percentile / 100) * (sorted.length - 1))] ?? null)];
      }),
    ),
  };
}

function describe(circuit: CircuitDefinition, report: ReturnType<typeof summarise>): string {
  const right = 'right' as const;
  const rows = circuit.specs.map(({ name, unit, target, direction }) => [
    name,
    ...report.measures[name]!.map((value) => formatQuantity(value ?? Number.NaN, unit)),
    `${direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(target, unit)}`,
  ]);
  const columns = [
    { title: 'measure' },
    ...[...PERCENTILES.map((p) => `${p} %`), 'target'].map((title) => ({ title, align: right })),
  ];
  const failures = Object.entries(report.failures).map(([name, count]) => `${count} ${name}`);
  return [
    `${report.mapping} mapping: ${report.evaluations} sizings, ${report.valid} valid, ${report.met} meet the target, ${report.milliseconds.toFixed(1)} ms each`,
    failures.length > 0 ? `failed: ${failures.join(', ')}` : 'none failed',
    '',
    formatTable(columns, rows),
  ].join('\n');
}
