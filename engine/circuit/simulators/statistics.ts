import type { Evaluation, FailureClass, SimulatorStatistics } from '../../api/circuit';

export interface Tally {
  count(evaluation: Evaluation): void;
  replaced: number;
  recycled: number;
  read(queued: number, busy: number): SimulatorStatistics;
}

export function createTally(): Tally {
  let evaluations = 0;
  let milliseconds = 0;
  const failures: Record<FailureClass, number> = {
    'no-convergence': 0,
    'time-out': 0,
    'missing-measure': 0,
    'out-of-range': 0,
    'invalid-operating-point': 0,
    'engine-died': 0,
    'bad-netlist': 0,
  };
  const tally: Tally = {
    replaced: 0,
    recycled: 0,
    count(evaluation) {
      evaluations++;
      milliseconds += evaluation.milliseconds;
      if (evaluation.failure) failures[evaluation.failure]++;
    },
    read: (queued, busy) => ({
      evaluations,
      failures: { ...failures },
      replaced: tally.replaced,
      recycled: tally.recycled,
      queued,
      busy,
      cacheHits: 0,
      milliseconds,
    }),
  };
  return tally;
}
