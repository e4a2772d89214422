import type { RunConfiguration } from '../../api';
import type { ExitCode, Terminal } from '../command';
import { openEngine } from '../open-engine';
import type { ExecutorChoice } from '../open-executor';
import { choice, flag, integer, type Options, simulatorOptions, type Values } from '../options';
import { runToEnd } from '../train/finish';
import { readingInput, usageError } from '../usage-error';
import { resumeRun } from './record';
import { circuitsOf } from './stored-run';

/** Options of every command that goes on with a stored run. */
export const goOnOptions = {
  steps: { type: integer(1, 1e9), value: 0, help: 'training simulations of the whole run (as before where left out)' },
  executor: {
    type: choice('as-before', 'wasm', 'webgpu', 'reference'),
    value: 'as-before' as 'as-before' | ExecutorChoice,
    help: 'another one gives other numbers',
  },
  threads: { type: integer(0, 64), value: 0, help: 'threads of the wasm executor; 0: one a core' },
  simulators: { type: integer(0, 256), value: 0, help: 'simulators at once; 0: one a core' },
  checkpoint: { type: integer(0, 86400), value: 10, help: 'seconds between checkpoints, at least' },
  trust: { ...simulatorOptions.trust, help: 'as the run was begun: its netlists may hold commands and include files' },
  json: { type: flag, value: false, help: 'last line: the result as JSON' },
} satisfies Options;

/** Goes on with the run in a folder until its end. @throws UsageError where it cannot */
export async function goOn(folder: string, values: Values<typeof goOnOptions>, terminal: Terminal): Promise<ExitCode> {
  const { summary, recording } = await readingInput(() => resumeRun(folder, values.checkpoint));
  try {
    const { configuration: stored, executor: before } = summary.catalogue;
    const circuits = await circuitsOf(summary, { trusted: values.trust });
    const configuration = { ...(stored as unknown as RunConfiguration), startPaused: false };
    if (values.steps > 0 && values.steps < configuration.budget)
      throw usageError(`--steps is ${values.steps}`, `at least ${configuration.budget}, as the run was begun with`, 'give more');
    // As the run was begun; another one would give other numbers in their last digits.
    const simulator = summary.catalogue.simulator.kind === 'ngspice-native' ? 'native' : 'wasm';
    const executor = values.executor === 'as-before' ? (before.kind as ExecutorChoice) : values.executor;
    const engine = await openEngine(
      { ...configuration, budget: values.steps || configuration.budget },
      { ...values, executor, simulator },
      recording,
    );
    return await runToEnd(engine, circuits, folder, values.json, terminal);
  } catch (thrown) {
    await recording.store.close();
    throw thrown;
  }
}
