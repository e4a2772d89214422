import type { Engine, RunConfiguration, RunResult, StartupStep } from './engine';
import type { Ask, QuestionName, Questions } from './questions';
import type { Catalogue, Snapshot } from './snapshot';
import type { ExecutorWish, FromEngine, MessageEnd, ToEngine } from './worker-protocol';

/** A worker as the page holds it. */
export interface EngineWorker extends MessageEnd<ToEngine, FromEngine> {
  terminate(): void;
}

/** How long a worker may take to put its simulators away before it is ended. */
const FAREWELL_MILLISECONDS = 1000;

const CLOSED = 'the engine is closed; start a new one to ask it';

/**
 * The engine that runs in a worker, for who is outside: starts it with a configuration and speaks for it.
 * A worker that dies is not noticed here: listen to the worker's own `error`.
 */
export function connectEngineWorker(
  worker: EngineWorker,
  configuration: Partial<RunConfiguration>,
  executor: ExecutorWish = 'auto',
  run?: string,
): Engine {
  const ready = settled<Catalogue>();
  const finished = settled<RunResult>();
  const farewell = settled<void>();
  const startup: StartupStep[] = [];
  const startupListeners = new Set<(step: StartupStep) => void>();
  const catalogueListeners = new Set<(catalogue: Catalogue) => void>();
  let catalogued = false;
  const viewers = new Set<(snapshot: Snapshot) => void>();
  const questions = new Map<number, Settled<Questions[QuestionName]['answer']>>();
  let asked = 0;
  let disposing: Promise<void> | null = null;

  worker.addEventListener('message', ({ data }) => {
    switch (data.kind) {
      case 'startup':
        startup.push(data.step);
        for (const listener of startupListeners) listener(data.step);
        break;
      case 'catalogue':
        ready.resolve(data.catalogue);
        if (catalogued) for (const listener of catalogueListeners) listener(data.catalogue);
        catalogued = true;
        break;
      case 'snapshot':
        for (const viewer of viewers) viewer(data.snapshot);
        break;
      case 'finished':
        finished.resolve(data.result);
        break;
      case 'failed':
        ready.reject(new Error(data.message));
        finished.reject(new Error(data.message));
        break;
      case 'answer':
        questions.get(data.number)?.resolve(data.answer);
        questions.delete(data.number);
        break;
      case 'refused':
        questions.get(data.number)?.reject(new Error(data.message));
        questions.delete(data.number);
        break;
      case 'disposed':
        farewell.resolve();
        break;
    }
  });
  worker.postMessage({ kind: 'start', configuration, executor, ...(run !== undefined && { run }) });

  const ask = ((name, question) => {
    if (disposing) return Promise.reject(new Error(CLOSED));
    const pending = settled<Questions[QuestionName]['answer']>();
    questions.set(++asked, pending);
    worker.postMessage({ kind: 'ask', number: asked, name, question });
    return pending.promise;
  }) as Ask;

  async function close(): Promise<void> {
    worker.postMessage({ kind: 'dispose' });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FAREWELL_MILLISECONDS);
    });
    await Promise.race([farewell.promise, patience]);
    clearTimeout(timer);
    worker.terminate();
    for (const { reject } of questions.values()) reject(new Error(CLOSED));
  }

  return {
    ready: ready.promise,
    finished: finished.promise,
    send: (command) => worker.postMessage({ kind: 'command', command }),
    onStartup(listener) {
      for (const step of startup) listener(step);
      startupListeners.add(listener);
      return () => startupListeners.delete(listener);
    },
    onCatalogue(listener) {
      catalogueListeners.add(listener);
      return () => catalogueListeners.delete(listener);
    },
    subscribe(listener, perSecond = Number.POSITIVE_INFINITY) {
      const viewer = perSecond === Number.POSITIVE_INFINITY ? listener : thinned(listener, perSecond);
      viewers.add(viewer);
      return () => viewers.delete(viewer);
    },
    ask,
    dispose() {
      disposing ??= close();
      return disposing;
    },
  };
}

/** Passes on at most so many a second of running time, and always one that shows a standing engine. */
function thinned(listener: (snapshot: Snapshot) => void, perSecond: number): (snapshot: Snapshot) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (snapshot) => {
    // A little early counts as in time: both sides thin to the same rate.
    if (!snapshot.paused && snapshot.seconds - last < 0.9 / perSecond) return;
    // What is seen of a tick under way must not keep its end from being seen.
    if (snapshot.activity === null) last = snapshot.seconds;
    listener(snapshot);
  };
}

interface Settled<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

function settled<T>(): Settled<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever does not wait for it must not be told of an unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
