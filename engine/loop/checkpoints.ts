import type { Agent, EngineEvent } from '../api';
import { messageOf } from '../base';
import type { World } from '../ecs';
import { saveWorld } from '../systems';
import { Counts, Run, Tick } from '../systems/resources';

/** Keeps checkpoints of a run in its store. */
export interface Checkpoints {
  /** Between two ticks: copies the state where it is time; the file is written while the run goes on. */
  whenDue(): Promise<void>;
  /** Now, and waits until it is safe. */
  last(): Promise<void>;
}

export function createCheckpoints(world: World, agent: Agent): Checkpoints {
  const { store, configuration, report } = world.resource(Run);
  let possible = store.keepsCheckpoints;
  let writing: Promise<void> = Promise.resolve();

  async function copy() {
    if (!possible) return null;
    if (!agent.saveState) {
      possible = false;
      report(warning(`the agent ${configuration.agent} has no saveState: this run is recorded, but cannot be resumed`));
      return null;
    }
    const { training, evaluation } = world.resource(Counts);
    const { number: tick } = world.resource(Tick);
    return { tick, simulations: training + evaluation, world: saveWorld(world), agent: await agent.saveState() };
  }

  /** Returns when the state has been copied; the file is written beside the ticks that follow. */
  async function begin(): Promise<void> {
    const failed = (thrown: unknown) =>
      report(warning(`a checkpoint could not be kept: ${messageOf(thrown)}; the one before it stays the last good one`));
    try {
      const state = await copy();
      if (state) writing = store.checkpoint(state).catch(failed);
    } catch (thrown) {
      failed(thrown);
    }
  }

  return {
    async whenDue() {
      if (possible && store.wantsCheckpoint()) await begin();
    },
    async last() {
      await writing;
      await begin();
      await writing;
    },
  };
}

function warning(message: string): Omit<EngineEvent, 'tick'> {
  return { level: 'warning', kind: 'checkpoint-failed', message };
}
