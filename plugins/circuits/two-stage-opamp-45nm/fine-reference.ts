import type { CircuitDefinition } from '../../../engine/api';
import { twoStageOpamp45nm } from './definition';

/** The same circuit with ten times the frequencies and tight tolerances: what the fast settings are measured against. */
export const fineReference: CircuitDefinition = {
  ...twoStageOpamp45nm,
  id: 'two-stage-opamp-45nm-fine',
  options: { reltol: 1e-8 },
  analyses: twoStageOpamp45nm.analyses.map((analysis) =>
    analysis.kind === 'ac' ? { ...analysis, pointsPerDecade: 100 } : analysis,
  ),
  timeLimitMilliseconds: 60_000,
};
