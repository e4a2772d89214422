import type { CircuitDefinition } from '../../api/circuit';
import { formatQuantity } from '../../base';
import { benchmarkTargets } from '../../circuit/reward';
import { type Mapping, PERCENTILES, type SampleSummary, sampleCircuit, summariseSamples } from '../../circuit/sampling';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { openSimulator } from '../open-simulator';
import { choice, flag, integer, isTrusted, simulatorOptions } from '../options';
import { ProgressLine } from '../progress-line';
import { oneWord } from '../sizing';
import { stopIfInterrupted } from '../stop-if-interrupted';
import { formatTable } from '../table';

export const sample = defineCommand({
  name: 'sample',
  usage: 'sample CIRCUIT [options]',
  summary: 'every measure over random sizings, and how many meet the target',
  options: {
    points: { type: integer(1, 1e6), value: 2000, help: 'sizings per mapping' },
    seed: { type: integer(0, 2 ** 32 - 1), value: 1, help: 'seed' },
    mapping: { type: choice('log', 'linear', 'both'), value: 'both' as Mapping | 'both', help: 'how the space is covered' },
    ...simulatorOptions,
    simulators: { type: integer(0, 256), value: 0, help: 'simulators at once; 0: one a core' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { points, seed, mapping, simulator: kind, trust, simulators, json }, terminal) {
    const trusted = isTrusted({ simulator: kind, trust });
    const circuit = await findCircuit(oneWord('sample', words, 'circuit'), { trusted });
    const simulator = await openSimulator(kind, simulators);
    const line = new ProgressLine(terminal);
    try {
      simulator.register(circuit);
      const reports: (SampleSummary & { mapping: Mapping })[] = [];
      for (const one of mapping === 'both' ? (['log', 'linear'] as const) : [mapping]) {
        const onProgress = (done: number) => {
          stopIfInterrupted(terminal, `${done} of ${points} sizings`);
          line.update(() => `${one} mapping: ${done}/${points} sizings`);
        };
        const samples = await sampleCircuit(circuit, simulator, { count: points, seed, mapping: one, onProgress });
        reports.push({ mapping: one, ...summariseSamples(circuit, samples, benchmarkTargets(circuit.specs)) });
      }
      line.clear();
      if (json) terminal.out(`${JSON.stringify({ circuit: circuit.id, seed, points, mappings: reports })}\n`);
      else terminal.out(reports.map((report) => describe(circuit, report)).join('\n'));
      return 0;
    } finally {
      line.clear();
      await simulator.dispose();
    }
  },
});

function describe(circuit: CircuitDefinition, report: SampleSummary & { mapping: Mapping }): string {
  const right = 'right' as const;
  const rows = circuit.specs.map(({ name, unit, target, direction }) => [
    name,
    ...report.percentiles[name]!.map((value) => formatQuantity(value, unit)),
    `${direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(target, unit)}`,
  ]);
  const titles = [...PERCENTILES.map((share) => `${100 * share} %`), 'target'];
  const failures = Object.entries(report.failures).map(([name, count]) => `${count} ${name}`);
  return [
    `${report.mapping} mapping: ${report.count} sizings, ${report.valid} valid, ${report.met} meet the target, ${report.meanMilliseconds.toFixed(1)} ms each`,
    failures.length > 0 ? `failed: ${failures.join(', ')}` : 'none failed',
    '',
    formatTable([{ title: 'measure' }, ...titles.map((title) => ({ title, align: right }))], rows),
  ].join('\n');
}
