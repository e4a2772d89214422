/**
 * Compares a circuit's fast settings with its fine reference: `node engine/cli/scripts/check-accuracy.mjs NAME
 * [--points 100] [--seed 12]` draws random sizings, half of each mapping, until so many are valid. Ends with exit code 1
 * if a measure is off by more than 2 %. The folder plugins/circuits/NAME has `definition.ts` and `fine-reference.ts`.
 */
import { parseArgs } from 'node:util';
import { loadCircuit } from './load-circuit.mjs';

const ALLOWED = 0.02;
const CHUNK = 40;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { points: { type: 'string', default: '100' }, seed: { type: 'string', default: '12' } },
});
const [name] = positionals;
const { circuit, load, close } = await loadCircuit('check-accuracy', name);
const { createNodeSimulatorPool } = await load('engine/circuit/pool.node.ts');
const { evaluateSizings, randomSizings } = await load('engine/circuit/sampling.ts');
const { fineReference } = await load(`plugins/circuits/${name}/fine-reference.ts`);

const simulator = await createNodeSimulatorPool({ timeLimit: 60_000 });
simulator.register(circuit);
simulator.register(fineReference);
const wanted = Number(values.points);
const draw = (mapping) => randomSizings(circuit, { count: 20 * wanted, seed: Number(values.seed), mapping });
const [log, linear] = [draw('log'), draw('linear')];
const sizings = log.flatMap((sizing, i) => [sizing, linear[i]]);

const errors = circuit.specs.map(() => []);
const off = [];
let valid = 0;
let milliseconds = 0;
for (let begin = 0; valid < wanted && begin < sizings.length; begin += CHUNK) {
  const chunk = await evaluateSizings(circuit, simulator, sizings.slice(begin, begin + CHUNK));
  const counted = chunk.filter(({ evaluation }) => evaluation.valid).slice(0, wanted - valid);
  const fine = await evaluateSizings(
    fineReference,
    simulator,
    counted.map(({ parameters }) => parameters),
  );
  for (const [i, { evaluation, parameters }] of counted.entries()) {
    valid++;
    milliseconds += evaluation.milliseconds;
    for (const [k, spec] of circuit.specs.entries()) {
      const [fast, reference] = [evaluation.measures[k], fine[i].evaluation.measures[k]];
      const error = Math.abs(fast - reference) / Math.max(1e-12, Math.abs(reference));
      errors[k].push(error);
      if (!(error <= ALLOWED)) off.push(`${spec.name}: ${fast} against ${reference} at ${[...parameters].join(' ')}`);
    }
  }
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
console.log(`${circuit.id}: ${valid} valid sizings, ${(milliseconds / valid).toFixed(1)} ms each; error at 50 / 95 / 100 %`);
for (const [k, spec] of circuit.specs.entries()) {
  const sorted = errors[k].sort((a, b) => a - b);
  console.log(`${spec.name.padEnd(22)}${[0.5, 0.95, 1].map((share) => `${(100 * at(sorted, share)).toFixed(3)} %`).join('  ')}`);
}
for (const line of off) console.log(`off by more than ${100 * ALLOWED} %: ${line}`);
await simulator.dispose();
await close();
process.exit(off.length === 0 && valid === wanted ? 0 : 1);
