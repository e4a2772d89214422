import type { RunStore } from './run-store';

/** Keeps nothing: for a run that is not recorded. There is nothing to resume from. */
export const nullStore: RunStore = {
  begin() {},
  circuitsChanged() {},
  simulations() {},
  episode() {},
  event() {},
  metrics() {},
  wantsSnapshot: () => false,
  snapshot() {},
  tick() {},
  failure: '',
  keepsCheckpoints: false,
  wantsCheckpoint: () => false,
  checkpoint: async () => {},
  end() {},
  close: async () => {},
};
