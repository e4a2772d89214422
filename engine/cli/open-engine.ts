import type { Engine, RunConfiguration } from '../api';
import { createLearnServices } from '../learn/services';
import { createEngine, createHostClock } from '../loop';
import { allPlugins } from './catalogue';
import { chooseExecutor, type ExecutorChoice, openWasm } from './open-executor';
import { openSimulator, type SimulatorName } from './open-simulator';
import type { Recording } from './runs/record';
import { readingInput } from './usage-error';

/** An engine in this thread, with ngspice in worker threads. It runs at once. */
export async function openEngine(
  configuration: Partial<RunConfiguration>,
  wishes: {
    readonly executor: ExecutorChoice;
    readonly threads: number;
    readonly simulator: SimulatorName;
    readonly simulators: number;
  },
  recording: Partial<Recording> = {},
): Promise<Engine> {
  const clock = createHostClock();
  const instance = await readingInput(() => openSimulator(wishes.simulator, wishes.simulators));
  return createEngine({
    plugins: allPlugins(),
    configuration,
    ...recording,
    clock,
    simulator: { instance, reason: wishes.simulator === 'wasm' ? 'needs no installation' : 'asked for' },
    learn: async (breathe) =>
      createLearnServices({
        ...(await chooseExecutor(wishes.executor, wishes.threads)),
        breathe,
        fallback: () => openWasm(wishes.threads),
      }),
  });
}
