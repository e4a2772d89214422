import type { Agent, AgentCircuit, AgentState, Observation } from '../api';
import type { RandomState } from '../base';
import type { Executor, ExecutorFailure } from '../tensor';

export interface FallbackOptions {
  /** What may fail. */
  readonly executor: Executor;
  readonly circuits: readonly AgentCircuit[];
  /** The agent on an executor, as a run begins with it; called again on the one that takes over. */
  readonly create: (executor: Executor, circuits: readonly AgentCircuit[]) => Agent;
  /** Opens an executor that cannot fail. */
  readonly replace: (failure: ExecutorFailure) => Promise<Executor>;
  /** The stream that the agent acts with: what was drawn from it is not drawn again. */
  readonly acting: { state(): RandomState; restore(state: RandomState): void };
  /** Lets messages through; a lost device is told of by one. */
  readonly breathe: () => Promise<void>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Told once, after another executor has taken over. */
  readonly onFallback: (lost: LostWork) => void;
}

/** What a failure cost. */
export interface LostWork {
  readonly failure: ExecutorFailure;
  readonly fitSteps: number;
  readonly updates: number;
}

interface Kept {
  readonly state: AgentState;
  readonly circuits: readonly AgentCircuit[];
}

/** Copies take at most this share of the time. */
const SHARE = 1 / 20;
/** Breaths after an error in which the device may still tell that it is lost. */
const BREATHS = 8;

/**
 * An agent that outlives its executor. Its state is copied to the CPU at the start, after a fit of the neural simulator
 * (as long as copies stay below a twentieth of the time) and wherever a checkpoint is made. Once the executor has
 * failed, an agent on another one is given the last copy and all results that came since, and does over the step that was
 * being done: of the run, only steps of training since the copy are lost.
 */
export async function createAgentWithFallback(options: FallbackOptions): Promise<Agent> {
  const { create, acting, breathe, now } = options;
  let { executor } = options;
  const circuits = [...options.circuits];
  let kept: Kept | null = null;
  /** Since the copy. */
  let seen: (readonly Observation[])[] = [];
  let lost = { fitSteps: 0, updates: 0 };
  let copied = Number.NEGATIVE_INFINITY;
  let cost = 0;

  const keep = (state: AgentState) => {
    kept = { state, circuits: [...circuits] };
    seen = [];
    lost = { fitSteps: 0, updates: 0 };
    copied = now();
  };

  /** Whether the executor is gone, which may be told a little after what it could not do. */
  async function hasFailed(): Promise<boolean> {
    for (let i = 0; i < BREATHS && executor.failure === null; i++) await breathe();
    return Boolean(executor.failure);
  }

  async function takeOver(failure: ExecutorFailure, actingState: RandomState): Promise<void> {
    executor = await options.replace(failure);
    agent = create(executor, kept?.circuits ?? circuits);
    if (kept !== null) await agent.restoreState!(kept.state);
    for (const observations of seen) agent.observe(observations);
    acting.restore(actingState);
    options.onFallback({ failure, ...lost });
    kept = null;
    seen = [];
  }

  /** Does a step, and does it over on another executor where this one fails under it. */
  async function guarded<T>(step: (agent: Agent) => Promise<T>): Promise<T> {
    const before = acting.state();
    try {
      // A failure that is told only afterwards spoils what was computed all the same.
      const result = executor.failure ? null : { value: await step(agent) };
      if (result && !executor.failure) return result.value;
    } catch (thrown) {
      if (!(await hasFailed())) throw thrown;
    }
    await takeOver(executor.failure!, before);
    return step(agent);
  }

  /** A copy that fails is none: the next step takes over from the one before. */
  async function copy(): Promise<void> {
    if (executor.failure !== null) return;
    const begin = now();
    try {
      const state = await agent.saveState!();
      if (executor.failure === null) keep(state);
    } catch (thrown) {
      if (!(await hasFailed())) throw thrown;
    }
    cost = now() - begin;
  }

  async function changed(index: number, circuit: AgentCircuit | null, change: (agent: Agent) => Promise<void>): Promise<void> {
    await guarded(change);
    if (circuit && index === circuits.length) circuits.push(circuit);
    await copy();
  }

  let agent: Agent;
  try {
    agent = create(executor, circuits);
    await executor.ready?.();
    await copy();
  } catch (thrown) {
    if (!(await hasFailed())) throw thrown;
  }
  if (executor.failure) await takeOver(executor.failure, acting.state());

  return {
    get ranks() {
      return agent.ranks ?? false;
    },
    propose: (situations, phase) => guarded((on) => on.propose(situations, phase)),
    observe(observations) {
      if (executor.failure !== undefined) seen.push(observations);
      // The next step takes over, with these.
      if (executor.failure) return;
      agent.observe(observations);
    },
    async fit(shares) {
      const steps = await guarded((on) => on.fit!(shares));
      lost.fitSteps += steps;
      if (steps > 0 && now() - copied >= cost / SHARE) await copy();
      return steps;
    },
    rollout: (scheduled) => guarded((on) => on.rollout!(scheduled)),
    async train(scheduled, newSimulations) {
      const updates = await guarded((on) => on.train!(scheduled, newSimulations));
      lost.updates += updates;
      return updates;
    },
    join: (circuit) => changed(circuit.info.index, circuit, async (on) => on.join!(circuit)),
    leave: (index) => changed(index, null, async (on) => on.leave!(index)),
    metrics: () => agent.metrics(),
    describe: () => agent.describe!(),
    look: (situation) => guarded((on) => on.look!(situation)),
    explain: (situation) => guarded((on) => on.explain!(situation)),
    weightsHash: () => guarded((on) => on.weightsHash!()),
    async saveState() {
      const state = await guarded((on) => on.saveState!());
      if (executor.failure === null) keep(state);
      return state;
    },
    async restoreState(state) {
      await guarded((on) => on.restoreState!(state));
      if (executor.failure === null) keep(state);
    },
    dispose: () => agent.dispose(),
  };
}
