import type { Evaluation, Simulator } from '../api';
import type { RecordedSimulation } from './run-store';

/**
 * A simulator that answers what was already simulated from the record, each recorded simulation once, and asks another
 * for everything else. A resumed run makes the simulations after its checkpoint once more; they are not paid twice.
 */
export function createAnsweringSimulator(simulator: Simulator, recorded: readonly RecordedSimulation[]): Simulator {
  const answers = new Map<string, Evaluation[]>();
  for (const { circuit, parameters, measures, valid, failure, calls, milliseconds } of recorded) {
    const key = keyOf(circuit, parameters);
    const list = answers.get(key) ?? [];
    answers.set(key, list);
    list.push({ measures, valid, failure, failureDetail: '', calls, milliseconds });
  }
  return {
    kind: simulator.kind,
    description: simulator.description,
    capacity: simulator.capacity,
    register: (circuit) => simulator.register(circuit),
    evaluate(request) {
      // Waveforms are not recorded.
      const known = request.detail ? undefined : answers.get(keyOf(request.circuitId, request.parameters))?.shift();
      return known ? Promise.resolve(known) : simulator.evaluate(request);
    },
    statistics: () => simulator.statistics(),
    onEvent: (listener) => simulator.onEvent(listener),
    dispose: () => simulator.dispose(),
  };
}

function keyOf(circuit: string, parameters: Float64Array): string {
  return `${circuit}:${parameters.join()}`;
}
