import type { StartupStep } from '../api';
import { messageOf } from '../base';
import { createListeners } from './listeners';

/** Steps of starting up, for whoever waits, those included that were before anybody did. */
export interface StartupLog {
  /** Does a step: it is shown as running with `detail`, then as done with what `done` makes of the result, or as failed. */
  during<T>(id: string, title: string, detail: string, work: () => Promise<T> | T, done: (result: T) => string): Promise<T>;
  subscribe(listener: (step: StartupStep) => void): () => void;
}

/** @param onDropped is told what a listener threw */
export function createStartupLog(onDropped: (thrown: unknown) => void): StartupLog {
  const steps: StartupStep[] = [];
  const listeners = createListeners<StartupStep>(onDropped);
  const say = (step: StartupStep) => {
    steps.push(step);
    listeners.tell(step);
  };
  return {
    async during(id, title, detail, work, done) {
      say({ id, title, state: 'running', detail });
      try {
        const result = await work();
        say({ id, title, state: 'done', detail: done(result) });
        return result;
      } catch (thrown) {
        say({ id, title, state: 'failed', detail: messageOf(thrown) });
        throw thrown;
      }
    },
    subscribe(listener) {
      for (const step of steps) listener(step);
      return listeners.add(listener);
    },
  };
}
