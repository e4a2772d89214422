import type { AnalysisDefinition, CircuitDefinition } from '../../../engine/api';
import { twoStageOpamp } from './definition';

/**
 * The same circuit, simulated with fine steps and tight tolerances: some thirty times as slow. What the accuracy of the
 * fast settings is measured against.
 */
export const fineReference: CircuitDefinition = {
  ...twoStageOpamp,
  id: 'two-stage-opamp-fine',
  options: { reltol: 1e-6 },
  analyses: twoStageOpamp.analyses.map(refined),
  timeLimitMilliseconds: 60_000,
};

function refined(analysis: AnalysisDefinition): AnalysisDefinition {
  switch (analysis.kind) {
    case 'dc':
      return { ...analysis, step: '10u' };
    case 'ac':
      return { ...analysis, pointsPerDecade: 100 };
    case 'tran': {
      const { pointLimit: _, refinements: __, ...rest } = analysis;
      return { ...rest, options: { reltol: 1e-5, trtol: 1, chgtol: 1e-14 }, step: '2n', maximumStep: '2n' };
    }
    default:
      return analysis;
  }
}
