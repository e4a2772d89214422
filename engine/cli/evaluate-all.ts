import type { Evaluation, Simulator } from '../api/circuit';
import type { Terminal } from './command';
import { ProgressLine } from './progress-line';

/** Evaluates sizings as fast as the simulator takes them, in their order, with a progress line. Ctrl+C ends it. */
export async function evaluateAll(
  simulator: Simulator,
  circuitId: string,
  sizings: readonly Float64Array[],
  terminal: Terminal,
  title: string,
): Promise<Evaluation[]> {
  const line = new ProgressLine(terminal);
  const results: Evaluation[] = new Array(sizings.length);
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < sizings.length) {
      if (terminal.interrupted.aborted) throw new Error(`stopped after ${done} of ${sizings.length} evaluations`);
      const index = next++;
      results[index] = await simulator.evaluate({ circuitId, parameters: sizings[index]! });
      done++;
      line.update(() => `${title}: ${done}/${sizings.length}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, simulator.capacity) }, work));
  } finally {
    line.clear();
  }
  return results;
}
