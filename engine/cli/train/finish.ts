import type { CircuitDefinition, Engine } from '../../api';
import { exportNetlist } from '../../circuit/export-netlist';
import type { ExitCode, Terminal } from '../command';
import { follow } from './follow';
import { describeResult, trainingReport } from './report';
import { writeResults } from './write-results';

/** Follows a run to its end, and writes and tells what came of it. */
export async function runToEnd(
  engine: Engine,
  circuits: readonly CircuitDefinition[],
  folder: string,
  json: boolean,
  terminal: Terminal,
): Promise<ExitCode> {
  const { catalogue, result } = await follow(engine, terminal);
  const { progress } = result.snapshot;
  const report = trainingReport(result, catalogue.circuits, catalogue.executor);
  const files: Record<string, string | object> = {
    'result.json': { ...report, hash: result.hash },
    'run.json': catalogue,
  };
  for (const { circuit, best } of progress)
    if (best) files[`${circuits[circuit]!.id}.cir`] = await exportNetlist(circuits[circuit]!, best.parameters);
  const paths = await writeResults(folder, files);

  // With --json, standard output is for whoever reads the JSON; a person reads the rest on standard error.
  const say = json ? terminal.error : terminal.out;
  for (const each of progress) say(`\n${describeResult(each, catalogue.circuits[each.circuit]!)}`);
  say(`\nwritten: ${paths.join(', ')}\n`);
  if (result.reason === 'stopped') say(`stopped; go on with: ohmba resume ${folder}\n`);
  if (json) terminal.out(`${JSON.stringify(report)}\n`);
  if (result.reason === 'failed') throw new Error(`the training failed: ${result.failure}`);
  return Object.values(report.met).every(Boolean) ? 0 : 1;
}
