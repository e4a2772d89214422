import type { Agent, Catalogue, Command, Engine, EngineEvent, LearnServices, RunResult, Snapshot, SystemContext } from '../api';
import { messageOf, RingBuffer } from '../base';
import type { World } from '../ecs';
import { createAnsweringSimulator, nullStore } from '../store';
import { takeSnapshot } from '../systems';
import { evaluateHeld } from '../systems/evaluate-held';
import { AgentHealth, Recording, Run, Tick } from '../systems/resources';
import { answer } from './answers';
import { type Built, buildRun } from './build-run';
import { requestCircuitChange } from './change-circuits';
import { createCheckpoints } from './checkpoints';
import { endOf } from './end-of-run';
import type { EngineOptions } from './engine-options';
import { createListeners } from './listeners';
import { disposePlugins } from './plugin-host';
import { runTick, type SystemFaults } from './run-tick';
import { createStartupLog } from './startup-log';
import { createSubscriptions } from './subscriptions';

/** A tick that takes longer than this shows what it is doing, as often. */
const GLIMPSE_MILLISECONDS = 250;
/** The latest events are in every snapshot. */
const EVENTS_SHOWN = 200;

/**
 * Builds an engine and lets it run in this thread, as soon as it is ready (or paused, where the configuration says so).
 * It yields to messages between ticks. What cannot be built rejects `ready` and `finished` with an OhmbaError.
 */
export function createEngine(options: EngineOptions): Engine {
  const { clock, plugins, resume } = options;
  const simulator = resume
    ? {
        ...options.simulator,
        instance: createAnsweringSimulator(options.simulator.instance, [...resume.after, ...resume.elsewhere]),
      }
    : options.simulator;
  const events = new RingBuffer<EngineEvent>(EVENTS_SHOWN);
  const store = options.store ?? nullStore;
  const early: Command[] = [];
  let built: Built | null = null;
  let learnOpened: LearnServices | null = null;
  /** Ends an evaluation on held targets that is going on. */
  let stopHeld = (): void => undefined;
  let ticking = false;
  let pausedWithinTick = false;
  /** When the tick began, or what it is doing was last shown. */
  let glimpsed = 0;
  let disposed: Promise<void> | null = null;

  const report = (event: Omit<EngineEvent, 'tick'>) => {
    const whole: EngineEvent = { tick: built?.world.resource(Tick).number ?? 0, ...event };
    events.push(whole);
    store.event(whole);
    options.onEvent?.(whole);
  };
  const dropped = (what: string) => (thrown: unknown) =>
    report({
      level: 'warning',
      kind: 'listener-failed',
      message: `a listener failed and gets no more ${what}: ${messageOf(thrown)}`,
    });
  const subscriptions = createSubscriptions(clock, dropped('snapshots'));
  const startup = createStartupLog(dropped('steps of starting up'));
  const catalogues = createListeners<Catalogue>(dropped('catalogues'));

  function contextOf(world: World): SystemContext {
    return {
      tick: world.resource(Tick).number,
      snapshot: () => takeSnapshot(world),
      setMetric(name, value) {
        world.resource(Recording).metrics[name] = value;
      },
      report,
      send,
    };
  }

  async function run({ world, systems, time, agent }: Built): Promise<RunResult> {
    const faults: SystemFaults = new Set();
    const checkpoints = createCheckpoints(world, agent);
    // A run that was ended between its last tick and its end has nothing left to do.
    let reason: RunResult['reason'] | null = resume?.checkpoint ? endOf(world) : null;
    // Whoever begins paused sees where it stands.
    if (time.paused()) subscriptions.show(takeSnapshot(world), true);
    while (reason === null) {
      if (!(await time.next())) {
        reason = 'stopped';
        break;
      }
      ticking = true;
      glimpsed = clock.now();
      await runTick(world, systems, faults);
      ticking = false;
      reason = store.failure !== '' || (faults.size > 0 && criticalFault(faults)) ? 'failed' : endOf(world);
      if (reason === null) await checkpoints.whenDue();
      // A message that came during the tick (pause, stop) is heard before the next one.
      await clock.wait(0);
    }
    // A run that has failed stays at its last good checkpoint.
    if (reason !== 'failed') await checkpoints.last();
    const { configuration } = world.resource(Run);
    let stopped = reason === 'stopped' || reason === 'failed';
    stopHeld = () => {
      stopped = true;
    };
    const held = configuration.evaluation.held && !stopped ? await evaluateHeld(world, () => !stopped) : undefined;
    time.end();
    const hash = await finalHash(world, agent);
    store.end({ reason, failure: reason === 'failed' ? whyFailed(world, faults) : '', hash });
    // What could not be written at the very end is lost as well.
    if (store.failure !== '') {
      reason = 'failed';
      report({ level: 'error', kind: 'store-failed', message: store.failure });
    }
    const failure = reason === 'failed' ? whyFailed(world, faults) : '';
    // Two copies: a viewer may move the one that it is shown to another thread.
    subscriptions.show(takeSnapshot(world), true);
    return { reason, failure, snapshot: takeSnapshot(world), ...(held && { held }), hash };
  }

  function whyFailed(world: World, faults: SystemFaults): string {
    return world.resource(AgentHealth).failure || store.failure || `the systems ${[...faults].join(', ')} failed`;
  }

  async function breathe(progress = Number.NaN): Promise<void> {
    await clock.wait(0);
    if (!built || !ticking) return;
    const { world, time } = built;
    const tick = world.resource(Tick);
    if (tick.activity) tick.activity = { ...tick.activity, progress };
    if (time.paused()) {
      pausedWithinTick = true;
      subscriptions.show(takeSnapshot(world), true);
      await time.hold();
      pausedWithinTick = false;
    } else if (clock.now() - glimpsed >= GLIMPSE_MILLISECONDS && subscriptions.due()) {
      glimpsed = clock.now();
      subscriptions.glimpse(takeSnapshot(world));
    }
  }

  async function finalHash(world: World, agent: Agent): Promise<string> {
    const { hash } = world.resource(Recording);
    try {
      if (agent.weightsHash) hash.text(await agent.weightsHash());
    } catch (thrown) {
      report({ level: 'warning', kind: 'hash-failed', message: `the agent's weights have no hash: ${messageOf(thrown)}` });
    }
    return hash.digest();
  }

  function send(command: Command): void {
    if (!built) {
      early.push(command);
      return;
    }
    const { time, world } = built;
    switch (command.kind) {
      case 'play':
        time.play();
        break;
      case 'pause':
        time.pause();
        break;
      case 'step':
        time.step();
        break;
      case 'speed':
        time.setSpeed(command.ticksPerSecond ?? Number.POSITIVE_INFINITY);
        break;
      case 'stop':
        time.stop();
        stopHeld();
        break;
      case 'add-circuit':
      case 'remove-circuit':
        requestCircuitChange(world, built.shelf, command);
        break;
      case 'plugin':
        void runPluginCommand(built, command.id, command.argument);
        break;
    }
    if (!ticking || pausedWithinTick) subscriptions.show(takeSnapshot(world), true);
  }

  async function runPluginCommand({ registries, world }: Built, id: string, argument: unknown): Promise<void> {
    const command = registries.commands.get(id);
    try {
      if (command) await command.run(contextOf(world), argument);
      else
        report({
          level: 'warning',
          kind: 'command-unknown',
          message: `there is no command "${id}"; expected one that a plugin registered`,
        });
    } catch (thrown) {
      report({ level: 'error', kind: 'command-failed', message: `command ${id} failed: ${messageOf(thrown)}` });
    }
  }

  async function close(): Promise<void> {
    send({ kind: 'stop' });
    await finished.catch(() => undefined);
    // One that fails does not keep the others from being put away.
    const parts = [
      () => built?.agent.dispose(),
      () => learnOpened?.dispose?.(),
      () => simulator.instance.dispose(),
      () => store.close(),
    ];
    for (const part of parts) {
      try {
        await part();
      } catch (thrown) {
        report({
          level: 'error',
          kind: 'dispose-failed',
          message: `the engine could not put everything away: ${messageOf(thrown)}`,
        });
      }
    }
    for (const message of await disposePlugins(plugins)) report({ level: 'error', kind: 'dispose-failed', message });
  }

  const building = buildRun(options, {
    ...{ simulator, store, events, startup, subscriptions, report, breathe, contextOf, announce: catalogues.tell },
    learnOpened: (learn) => {
      learnOpened = learn;
    },
  });
  const ready = building.then(({ catalogue }) => catalogue);
  const finished = building.then((done) => {
    built = done;
    for (const command of early.splice(0)) send(command);
    return run(done);
  });
  // Whoever waits for neither must not bring the process down.
  ready.catch(() => undefined);
  finished.catch(() => undefined);

  return {
    ready,
    finished,
    send,
    onStartup: (listener) => startup.subscribe(listener),
    onCatalogue: (listener) => catalogues.add(listener),
    subscribe: (listener: (snapshot: Snapshot) => void, perSecond?: number) => subscriptions.add(listener, perSecond),
    async ask(name, question) {
      const { world, shelf, registries, learn } = built ?? (await building);
      return answer({ world, shelf, registries, learn, library: options.library ?? null }, name, question);
    },
    dispose() {
      disposed ??= close();
      return disposed;
    },
  };
}

/** Systems without which nothing goes on: where one of them fails, the run has failed. */
function criticalFault(faults: SystemFaults): boolean {
  return ['act', 'simulate', 'evaluate'].some((id) => faults.has(id));
}
