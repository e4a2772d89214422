import type { AnalysisDefinition, CircuitDefinition } from '../../../engine/api';
import { ldo } from './definition';

/** The same circuit with ten times the points: what the accuracy of the fast settings is measured against. */
export const fineReference: CircuitDefinition = {
  ...ldo,
  id: 'ldo-fine',
  analyses: ldo.analyses.map(refined),
  timeLimitMilliseconds: 60_000,
};

function refined(analysis: AnalysisDefinition): AnalysisDefinition {
  switch (analysis.kind) {
    case 'dc':
      return { ...analysis, step: '2m' };
    case 'ac':
      return { ...analysis, pointsPerDecade: 100 };
    default:
      return analysis;
  }
}
