import { type AgentContext, defaultHyperParameters, type HyperParameters, type LearnServices } from '../api';
import type { Executor } from '../tensor';
import { createM3 } from './m3';

/**
 * The learning machinery that the engine hands to agent plugins.
 *
 * @param breathe lets messages (pause, stop) through between chunks of computing
 */
export function createLearnServices(
  executor: Executor,
  reason: string,
  breathe: (progress?: number) => Promise<void>,
): LearnServices {
  return {
    executor: { kind: executor.kind, description: executor.description, reason },
    async createModelBasedAgent(context: AgentContext, hyperParameters: object) {
      return createM3({
        circuits: context.circuits,
        hyper: { ...defaultHyperParameters, ...(hyperParameters as Partial<HyperParameters>) },
        executor,
        seed: context.seed,
        weights: context.random.split('weights'),
        acting: context.random.split('acting'),
        breathe,
      });
    },
    dispose: () => executor.dispose(),
  };
}
