import { type AgentContext, defaultHyperParameters, type HyperParameters, type LearnServices } from '../api';
import type { Executor } from '../tensor';
import { fasterExecutor } from './faster-executor';
import { createM3 } from './m3';

/** Milliseconds that each of two executors is timed for. */
const TRIAL_MILLISECONDS = 500;

export interface LearnOptions {
  readonly executor: Executor;
  /** Why this one, for people. */
  readonly reason: string;
  /** Lets messages (pause, stop) through between chunks of computing. */
  readonly breathe: (progress?: number) => Promise<void>;
  /** Timed against `executor` on the update of the first agent that learns; the slower of the two is put away. */
  readonly challenger?: Executor | null;
}

/** The learning machinery that the engine hands to agent plugins. */
export function createLearnServices({ executor, reason, breathe, challenger = null }: LearnOptions): LearnServices {
  let chosen = { executor, reason };
  let untried = challenger;

  /** Sizes decide which executor is the faster, and only the agent that is to learn knows them. */
  async function choose({ circuits, clock }: AgentContext, hyper: HyperParameters): Promise<Executor> {
    if (untried === null) return chosen.executor;
    const rivals = [chosen.executor, untried] as const;
    untried = null;
    const trial = { circuits, hyper, milliseconds: TRIAL_MILLISECONDS, now: () => clock.now(), breathe };
    chosen = await fasterExecutor(...rivals, trial);
    for (const rival of rivals) if (rival !== chosen.executor) rival.dispose();
    return chosen.executor;
  }

  return {
    get executor() {
      const { kind, description } = chosen.executor;
      return { kind, description, reason: chosen.reason };
    },
    async createModelBasedAgent(context: AgentContext, hyperParameters: object) {
      const hyper = { ...defaultHyperParameters, ...(hyperParameters as Partial<HyperParameters>) };
      return createM3({
        circuits: context.circuits,
        hyper,
        executor: await choose(context, hyper),
        seed: context.seed,
        weights: context.random.split('weights'),
        acting: context.random.split('acting'),
        breathe,
      });
    },
    dispose() {
      chosen.executor.dispose();
      untried?.dispose();
    },
  };
}
