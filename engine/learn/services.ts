import { type AgentCircuit, type AgentContext, defaultHyperParameters, type HyperParameters, type LearnServices } from '../api';
import type { Executor, ExecutorFailure } from '../tensor';
import { createWasmExecutor } from '../tensor/wasm/executor';
import { createAgentWithFallback, type LostWork } from './agent-with-fallback';
import { openAnalysis } from './analysis';
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
  /** Opens what takes over where the executor's device is lost; wasm with all cores where left out. */
  readonly fallback?: () => Promise<Executor>;
}

/** The learning machinery that the engine hands to agent plugins. */
export function createLearnServices(options: LearnOptions): LearnServices {
  const { executor, reason, breathe, challenger = null, fallback = () => createWasmExecutor() } = options;
  let chosen = { executor, reason };
  let untried = challenger;
  const listeners = new Set<() => void>();

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

  async function replace({ message }: ExecutorFailure): Promise<Executor> {
    const { executor: failed } = chosen;
    chosen = { executor: await fallback(), reason: `${failed.kind} failed: ${message}` };
    failed.dispose();
    for (const listener of listeners) listener();
    return chosen.executor;
  }

  return {
    get executor() {
      const { kind, description } = chosen.executor;
      return { kind, description, reason: chosen.reason };
    },
    async createModelBasedAgent(context: AgentContext, hyperParameters: object) {
      const hyper = { ...defaultHyperParameters, ...(hyperParameters as Partial<HyperParameters>) };
      const acting = context.random.split('acting');
      const create = (on: Executor, circuits: readonly AgentCircuit[]) =>
        createM3({
          circuits,
          hyper,
          executor: on,
          seed: context.seed,
          weights: context.random.split('weights'),
          acting,
          breathe,
        });
      const first = await choose(context, hyper);
      if (first.failure === undefined) return create(first, context.circuits);
      return createAgentWithFallback({
        executor: first,
        circuits: context.circuits,
        create,
        replace,
        acting,
        breathe: () => breathe(),
        now: () => context.clock.now(),
        onFallback: (lost) =>
          context.report({
            level: 'warning',
            kind: 'executor-fallback',
            message: describeFallback(first, chosen.executor, lost),
          }),
      });
    },
    analysis: () => openAnalysis(chosen.executor),
    onExecutorChange(listener) {
      listeners.add(listener);
    },
    dispose() {
      chosen.executor.dispose();
      untried?.dispose();
    },
  };
}

function describeFallback(failed: Executor, next: Executor, { failure, fitSteps, updates }: LostWork): string {
  const what = failure.kind === 'lost' ? 'its device was lost' : 'its device reported an error';
  const training = `${updates} updates and ${fitSteps} steps of fitting since the last copy of the weights`;
  return `executor ${failed.kind} (${failed.description}) failed: ${what} (${failure.message}); training goes on with ${next.kind} (${next.description}). Lost: ${training}; no simulation`;
}
