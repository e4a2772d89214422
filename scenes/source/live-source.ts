/** Snapshots of the engine that trains in a worker of this page. Whatever can go wrong there is said in words here. */
import { messageOf } from '../../engine/api';
import type { Engine, RunConfiguration, RunResult } from '../../engine/api/engine';
import type { Ask } from '../../engine/api/questions';
import { SNAPSHOTS_PER_SECOND } from '../../engine/api/worker-protocol';
import { DEFAULT_VIEW, formatView, type ViewState } from '../shell/view-state';
import type { Problem, SnapshotSource, SourceListener } from './source';

/** Starts an engine; `crashed` is called where its thread dies. */
export type OpenEngine = (
  configuration: Partial<RunConfiguration>,
  executor: ViewState['executor'],
  run: ViewState['run'],
  crashed: (detail: string) => void,
) => Engine;

/**
 * Who watches wants to go on watching: a met target is shown and training goes on, for hours if it may. The share at
 * which the plain policy is evaluated counts from the larger budget.
 */
const WATCHED_RUN = {
  stopWhenMet: false,
  budget: 10_000,
  evaluation: { at: [0.05, 0.1, 0.25, 0.5, 0.75, 1], whenFirstMet: true },
} satisfies Partial<RunConfiguration>;

const PATIENCE_MILLISECONDS = 20_000;

const ENDINGS: Readonly<Record<RunResult['reason'], string>> = {
  met: 'The run has ended: every benchmark target is met.',
  budget: 'The run has ended: its budget of simulations is used up.',
  stopped: 'The run was stopped.',
  failed: 'The run has ended with an error.',
};

/** What to do about a failure. */
type Way = Pick<Problem, 'remedy' | 'link'>;

const RELOAD: Way = {
  remedy: 'Reload the page to go on with the run. If it happens again, open an issue with the details below.',
};

/** A run that cannot start: only the engine knows which circuits, agents and runs there are, so the address may ask for others. */
function wayFrom(view: ViewState): Way {
  const { circuits, agent, environments, run } = DEFAULT_VIEW;
  const search = formatView({ ...view, circuits, agent, environments, run });
  if (search === formatView(view)) return RELOAD;
  return {
    remedy: 'Correct what the address asks for.',
    // An empty one would not be followed.
    link: { title: 'Begin a run with the default circuits and agent', search: search || '?' },
  };
}

export function createLiveSource(view: ViewState, open: OpenEngine): SnapshotSource {
  const { circuits, seed, environments, agent, executor, run, heldEvery, heldTargets } = view;
  // Whoever follows a link to a recorded run did not ask for a new one to be trained.
  const startPaused = view.begin === 'paused' || (run === null && view.recorded !== null);
  let engine: Engine | null = null;
  let disposed = false;

  function start(listener: SourceListener): void {
    const missing = whatIsMissing();
    if (missing !== null) {
      listener.step({ id: 'engine', title: 'Engine', state: 'failed', detail: missing });
      listener.problem({
        id: 'cannot-start',
        level: 'error',
        title: `Training cannot start: ${missing}.`,
        remedy: 'Open the page in a current Chromium, Firefox or Safari over http://localhost or https.',
      });
      return;
    }
    if (!globalThis.crossOriginIsolated) {
      listener.problem({
        id: 'not-isolated',
        level: 'note',
        title: 'The page is not cross-origin isolated, so the agent computes on one thread only.',
        remedy:
          'Serve it with npm start, or send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.',
      });
    }
    listener.step({ id: 'engine', title: 'Engine', state: 'running', detail: 'loading agent and simulator' });
    const impatience = setTimeout(
      () =>
        listener.step({
          id: 'engine',
          title: 'Engine',
          state: 'running',
          detail: 'still loading; a slow machine may take a minute',
        }),
      PATIENCE_MILLISECONDS,
    );
    const fail = (id: string, title: string, detail: string, way: Way = RELOAD) => {
      clearTimeout(impatience);
      if (disposed) return;
      listener.ended();
      listener.step({ id: 'engine', title: 'Engine', state: 'failed', detail: title });
      listener.problem({ id, level: 'error', title, ...way, detail });
    };
    try {
      const evaluation = { ...WATCHED_RUN.evaluation, ...(heldEvery > 0 && { heldEvery, heldTargets }) };
      engine = open({ ...WATCHED_RUN, evaluation, circuits, seed, environments, agent, startPaused }, executor, run, (detail) =>
        fail('engine-crashed', 'The engine’s worker crashed; training has stopped.', detail),
      );
    } catch (error) {
      fail('engine-start', 'The engine could not be started.', describe(error));
      return;
    }
    engine.onStartup((step) => listener.step(step));
    let first = true;
    engine.subscribe((snapshot) => {
      if (first) listener.step({ id: 'simulation', title: 'First simulations', state: 'done' });
      first = false;
      listener.snapshot(snapshot);
    }, SNAPSHOTS_PER_SECOND);
    engine.onCatalogue((catalogue) => listener.catalogue(catalogue));
    engine.ready.then(
      (catalogue) => {
        clearTimeout(impatience);
        listener.step({
          id: 'engine',
          title: 'Engine',
          state: 'done',
          detail: `${catalogue.executor.kind}, ${catalogue.simulator.kind}`,
        });
        if (first) listener.step({ id: 'simulation', title: 'First simulations', state: 'running' });
        listener.catalogue(catalogue);
        if (run === null && !startPaused) void offerEarlierRun(engine!.ask, listener);
      },
      // The same failure comes by `finished`, which says it.
      () => undefined,
    );
    engine.finished.then(
      (result) => {
        if (disposed) return;
        if (result.reason === 'failed') {
          fail('run-failed', ENDINGS.failed, result.failure);
          return;
        }
        listener.ended();
        const remedy = `Put another seed into the address to start again: ?seed=${seed + 1}.`;
        listener.problem({ id: 'ended', level: 'note', title: ENDINGS[result.reason], remedy });
      },
      (error: unknown) =>
        fail('engine-start', `The run could not be started: ${messageOf(error)}`, describe(error), wayFrom(view)),
    );
  }

  return {
    start,
    send: (command) => engine?.send(command),
    ask: (name, question) => engine?.ask(name, question) ?? Promise.reject(new Error('the engine is not running')),
    dispose() {
      disposed = true;
      void engine?.dispose();
    },
  };
}

/** Training has begun at once; a run that was left before it ended is a click away. */
async function offerEarlierRun(ask: Ask, listener: SourceListener): Promise<void> {
  const runs = await ask('runs', {}).catch(() => []);
  const left = runs.find(({ current, state, training }) => !current && training > 0 && state !== 'budget' && state !== 'met');
  if (!left) return;
  const circuits = left.circuits.map(({ id }) => id).join(', ');
  listener.problem({
    id: 'earlier-run',
    level: 'note',
    title: `An earlier run was left after ${left.training} of ${left.budget} simulations: ${circuits}, seed ${left.seed}.`,
    remedy: 'Nothing of it is lost.',
    link: { title: 'Go on with it', search: `?run=${left.id}` },
  });
}

function whatIsMissing(): string | null {
  if (typeof Worker === 'undefined') return 'this browser has no web workers';
  if (typeof WebAssembly === 'undefined') return 'this browser has no WebAssembly';
  return null;
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
