import type { CircuitDefinition } from '../../../engine/api';
import { currentMirrorOta } from './definition';

/** The same circuit with ten times the frequencies and tight tolerances: what the fast settings are measured against. */
export const fineReference: CircuitDefinition = {
  ...currentMirrorOta,
  id: 'current-mirror-ota-fine',
  options: { reltol: 1e-8 },
  analyses: currentMirrorOta.analyses.map((analysis) =>
    analysis.kind === 'ac' ? { ...analysis, pointsPerDecade: 100 } : analysis,
  ),
  timeLimitMilliseconds: 60_000,
};
