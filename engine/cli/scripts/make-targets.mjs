/**
 * Makes plugins/circuits/NAME/targets.json: `node engine/cli/scripts/make-targets.mjs NAME [--count 2000] [--seed 1]
 * [--held 40] [--search 4000]`. Some minutes for a circuit.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCircuit, root } from './load-circuit.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    held: { type: 'string', default: '40' },
    search: { type: 'string', default: '4000' },
  },
});
const [name] = positionals;
const { circuit, load, close } = await loadCircuit('make-targets', name);
const { makeTargets } = await load('engine/circuit/make-targets.ts');
const { createNodeSimulatorPool } = await load('engine/circuit/pool.node.ts');

const simulator = await createNodeSimulatorPool();
simulator.register(circuit);
const file = join(root, 'plugins/circuits', name, 'targets.json');
const report = await makeTargets(circuit, simulator, {
  count: Number(values.count),
  heldCount: Number(values.held),
  seed: Number(values.seed),
  date: new Date().toISOString().slice(0, 10),
  searchFrom: feasibleBefore(file),
  searchBudget: Number(values.search),
  onProgress(what, done, of) {
    if (done % 200 === 0 || done === of) console.error(`${what}: ${done}/${of}`);
  },
});
writeFileSync(
  file,
  `${JSON.stringify(report, null, 1).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, list) => `[${list.replace(/\s+/g, ' ')}]`)}\n`,
);
const { benchmark, samples, held } = report;
console.error(
  `valid: log ${samples.log.valid}, linear ${samples.linear.valid} of ${samples.log.count}; benchmark met by ${benchmark.metBySamples}; ` +
    `${benchmark.feasible ? `feasible after ${benchmark.searchEvaluations}` : 'NOT known to be feasible'}; ${held.length} held targets`,
);
console.error(JSON.stringify(simulator.statistics()));
await simulator.dispose();
await close();

/** The search goes on from what is known to be feasible, or nearly so. */
function feasibleBefore(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).benchmark.feasible?.parameters;
  } catch {
    return undefined;
  }
}
