import type { CircuitDefinition } from '../../../engine/api';
import { strongarmComparator } from './definition';

/** The same circuit with 1 ps steps and tight tolerances: what the accuracy of the fast settings is measured against. */
export const fineReference: CircuitDefinition = {
  ...strongarmComparator,
  id: 'strongarm-comparator-fine',
  analyses: strongarmComparator.analyses.map((analysis) => ({
    ...analysis,
    options: { reltol: 1e-4, trtol: 1, chgtol: 1e-16, abstol: 1e-13 },
    step: '1p',
    maximumStep: '1p',
  })),
  timeLimitMilliseconds: 60_000,
};
