/**
 * A whole run in a process of its own, for tests that end it by force: M3 with tiny networks on a circuit that is
 * arithmetic. Begins a run in a folder, or goes on with the one that is there, and prints its hash as the last line.
 * Arguments: folder, training simulations, milliseconds between checkpoints.
 */
import type { Plugin, RunConfiguration } from '../../engine/api';
import { createLearnServices } from '../../engine/learn/services';
import { createEngine, createHostClock } from '../../engine/loop';
import { createSqlStore, resumeStored } from '../../engine/store';
import { holdsRun, openRunFolder } from '../../engine/store/run-folder.node';
import { createWasmExecutor } from '../../engine/tensor/wasm/executor';
import m3 from '../../plugins/agents/m3';
import linear from '../../plugins/schedules/linear';
import { fakeSimulator, TINY_M3, testCircuit } from '../engine/fixtures';

const [folder, budget, checkpointMilliseconds] = process.argv.slice(2);

const configuration: Partial<RunConfiguration> = {
  circuits: ['test-circuit'],
  budget: Number(budget),
  environments: 3,
  episodeSteps: 7,
  targets: 'mixed',
  stopWhenMet: false,
  evaluation: { at: [0.3, 1], whenFirstMet: true },
  hyperParameters: TINY_M3,
};

const circuits: Plugin = { id: 'test', build: (app) => app.addCircuit(testCircuit()) };
const known = holdsRun(folder!);
const opened = openRunFolder(folder!);
const resume = known ? await resumeStored(opened.database, opened.checkpoints) : undefined;
const clock = createHostClock();
const engine = createEngine({
  plugins: [linear, m3, circuits],
  configuration,
  clock,
  simulator: {
    instance: fakeSimulator({ answer: ([a, b]) => ({ measures: Float64Array.of(a! / b!, a! * (1 + b!)), valid: b! < 0.9 }) }),
    reason: 'a test',
  },
  store: createSqlStore(opened.database, {
    clock,
    origin: {},
    checkpoints: opened.checkpoints,
    checkpointMilliseconds: Number(checkpointMilliseconds),
  }),
  ...(resume && { resume }),
  learn: async (breathe) =>
    createLearnServices({ executor: await createWasmExecutor({ threads: 1 }), reason: 'a test', breathe }),
});
process.stdout.write('running\n');
const { hash, reason, failure } = await engine.finished;
await engine.dispose();
opened.unlock();
process.stdout.write(`${reason} ${failure}\n${hash}\n`);
process.exit(reason === 'failed' ? 1 : 0);
