import type { CircuitDefinition } from '../../../engine/api';
import { doubleTailComparator } from './definition';

/** The same circuit with 1 ps steps and tight tolerances: what the accuracy of the fast settings is measured against. */
export const fineReference: CircuitDefinition = {
  ...doubleTailComparator,
  id: 'double-tail-comparator-fine',
  analyses: doubleTailComparator.analyses.map((analysis) => ({
    ...analysis,
    options: { reltol: 1e-4, trtol: 1, chgtol: 1e-16, abstol: 1e-13 },
    step: '1p',
    maximumStep: '1p',
  })),
  timeLimitMilliseconds: 60_000,
};
