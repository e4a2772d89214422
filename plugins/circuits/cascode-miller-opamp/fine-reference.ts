import type { AnalysisDefinition, CircuitDefinition } from '../../../engine/api';
import { cascodeMillerOpamp } from './definition';

/**
 * The same circuit, simulated with fine steps and tight tolerances, some ten times as slow: what the accuracy of the fast
 * settings is measured against.
 */
export const fineReference: CircuitDefinition = {
  ...cascodeMillerOpamp,
  id: 'cascode-miller-opamp-fine',
  analyses: cascodeMillerOpamp.analyses.map(refined),
  timeLimitMilliseconds: 60_000,
};

function refined(analysis: AnalysisDefinition): AnalysisDefinition {
  switch (analysis.kind) {
    case 'dc':
      return { ...analysis, step: '5m' };
    case 'ac':
      return { ...analysis, pointsPerDecade: 100 };
    case 'tran': {
      const { pointLimit: _, refinements: __, ...rest } = analysis;
      return { ...rest, options: { reltol: 1e-5, trtol: 1, chgtol: 1e-14 }, step: '1n', maximumStep: '1n' };
    }
    default:
      return analysis;
  }
}
