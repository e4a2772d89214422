/** The phases of a tick, in order: the method's critical path, as the data sees it. */
export const PHASES = ['schedule', 'act', 'simulate', 'fit', 'rollout', 'train', 'evaluate', 'record', 'extract'] as const;

export type PhaseName = (typeof PHASES)[number];
