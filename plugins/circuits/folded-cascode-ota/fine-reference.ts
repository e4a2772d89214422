import type { AnalysisDefinition, CircuitDefinition } from '../../../engine/api';
import { foldedCascodeOta } from './definition';

/** The same circuit with fine steps and tight tolerances: what the accuracy of the fast settings is measured against. */
export const fineReference: CircuitDefinition = {
  ...foldedCascodeOta,
  id: 'folded-cascode-ota-fine',
  options: { reltol: 1e-8 },
  analyses: foldedCascodeOta.analyses.map(refined),
  timeLimitMilliseconds: 60_000,
};

function refined(analysis: AnalysisDefinition): AnalysisDefinition {
  switch (analysis.kind) {
    case 'dc':
      return { ...analysis, step: -0.005 };
    case 'ac':
      return { ...analysis, pointsPerDecade: 100 };
    default:
      return analysis;
  }
}
