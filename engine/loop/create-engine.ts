import type {
  Agent,
  AgentContext,
  Catalogue,
  Command,
  Engine,
  EngineEvent,
  LearnServices,
  RunResult,
  Snapshot,
  StartupStep,
  SystemContext,
} from '../api';
import { messageOf, RandomStream } from '../base';
import { createSystemRegistry, type SystemRegistry, type World } from '../ecs';
import { createAnsweringSimulator, createMemoryStore } from '../store';
import { addBuiltInSystems, savedSeconds, takeSnapshot } from '../systems';
import { SimulatorWorker } from '../systems/components';
import { evaluateHeld } from '../systems/evaluate-held';
import { AgentHealth, Recording, Roster, Run, Tick, Viewers } from '../systems/resources';
import { answer } from './answers';
import { buildWorld, createEventLog, endOf } from './build-world';
import { requestCircuitChange } from './change-circuits';
import { completeConfiguration, completeHyperParameters } from './check-configuration';
import { createCheckpoints } from './checkpoints';
import { type CircuitShelf, createCircuitShelf } from './circuit-shelf';
import type { EngineOptions } from './engine-options';
import { buildPlugins, disposePlugins, type Registries } from './plugin-host';
import { restoreRun, showKnownResults } from './resume';
import { createRunCircuit } from './run-circuit';
import { runTick, type SystemFaults } from './run-tick';
import { createSubscriptions } from './subscriptions';
import { createVirtualClock, type VirtualClock } from './virtual-clock';

/** A tick that takes longer than this shows what it is doing, as often. */
const GLIMPSE_MILLISECONDS = 250;

const NO_EXECUTOR = {
  kind: 'none',
  description: 'nothing is learnt',
  reason: 'the engine was started without an executor',
};

/** Everything of a run once it has been built. */
interface Built {
  readonly world: World;
  readonly systems: SystemRegistry<World>;
  readonly registries: Registries;
  readonly shelf: CircuitShelf;
  readonly catalogue: Catalogue;
  readonly agent: Agent;
  readonly time: VirtualClock;
  readonly learn: LearnServices | null;
}

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
  const events = createEventLog();
  const store = options.store ?? createMemoryStore();
  const startup: StartupStep[] = [];
  const startupListeners = new Set<(step: StartupStep) => void>();
  const early: Command[] = [];
  let built: Built | null = null;
  let learnOpened: LearnServices | null = null;
  const catalogueListeners = new Set<(catalogue: Catalogue) => void>();
  /** Ends an evaluation on held targets that is going on. */
  let stopHeld = (): void => undefined;
  let ticking = false;
  /** Paused within a tick. */
  let held = false;
  /** When the tick began, or what it is doing was last shown. */
  let glimpsed = 0;
  let disposed: Promise<void> | null = null;

  const report = (event: Omit<EngineEvent, 'tick'>) => {
    const whole: EngineEvent = { tick: built?.world.resource(Tick).number ?? 0, ...event };
    events.push(whole);
    store.event(whole);
    options.onEvent?.(whole);
  };
  const subscriptions = createSubscriptions(clock, (thrown) =>
    report({
      level: 'warning',
      kind: 'listener-failed',
      message: `a listener failed and gets no more snapshots: ${messageOf(thrown)}`,
    }),
  );
  const say = (id: string, title: string, state: StartupStep['state'], detail = '') => {
    const step = { id, title, state, detail };
    startup.push(step);
    for (const listener of startupListeners) listener(step);
  };
  const during = async <T>(
    id: string,
    title: string,
    detail: string,
    work: () => Promise<T> | T,
    done: (result: T) => string,
  ): Promise<T> => {
    say(id, title, 'running', detail);
    try {
      const result = await work();
      say(id, title, 'done', done(result));
      return result;
    } catch (thrown) {
      say(id, title, 'failed', messageOf(thrown));
      throw thrown;
    }
  };

  async function build(): Promise<Built> {
    const registries = await during(
      'plugins',
      'Plugins',
      'building circuits, agents, schedules',
      () => buildPlugins(plugins),
      ({ reports }) => `${reports.filter(({ state }) => state === 'ready').length} ready`,
    );
    for (const { state, reason } of registries.reports) {
      if (state === 'failed') report({ level: 'error', kind: 'plugin-failed', message: reason });
    }
    const configuration = completeConfiguration(options.configuration, registries);
    const definition = registries.agents.get(configuration.agent)!;
    const hyper = completeHyperParameters(definition.id, definition.defaults, configuration.hyperParameters);
    const circuits = configuration.circuits.map((id, index) =>
      createRunCircuit(registries.circuits.get(id)!, index, configuration),
    );
    for (const circuit of circuits) simulator.instance.register(circuit.definition);
    const random = new RandomStream(configuration.seed);
    const open = options.learn;
    const learn = open
      ? await during(
          'learn',
          'Executor',
          'preparing what computes',
          () => open(breathe),
          ({ executor }) => executor.description,
        )
      : null;
    learnOpened = learn;
    const { seed, budget, environments, episodeSteps, agentOptions } = configuration;
    const context: AgentContext = {
      ...{ seed, budget, environments, episodeSteps, clock, learn, report },
      circuits: [...circuits],
      random: random.split('agent'),
      options: agentOptions,
    };
    const agent = await during(
      'agent',
      'Agent',
      definition.title,
      () => definition.create(context, hyper),
      () => definition.title,
    );

    const time = createVirtualClock(clock, {
      paused: configuration.startPaused,
      ticksPerSecond: configuration.ticksPerSecond ?? Number.POSITIVE_INFINITY,
      ...(resume?.checkpoint && { seconds: savedSeconds(resume.checkpoint.world) }),
    });
    const schedule = registries.schedules.get(configuration.schedule)!;
    const run: Run = {
      configuration,
      circuits,
      agent,
      createAgent: (circuit, stream) =>
        definition.create({ ...context, circuits: [circuit], environments: 1, random: random.split(stream) }, hyper),
      agentEvaluates: definition.evaluates ?? true,
      agentEpisodic: definition.episodic ?? true,
      schedule,
      simulator: simulator.instance,
      store,
      clock,
      metricDefinitions: [...registries.metrics.values()],
      report,
    };
    const world = buildWorld(run, random, time, events);
    world.provide(Viewers, {
      wanted: () => subscriptions.due() || time.paused(),
      show: (snapshot) => subscriptions.show(snapshot, time.paused()),
    });
    const systems = createSystemRegistry<World>();
    addBuiltInSystems(systems);
    for (const system of registries.systems.values()) {
      try {
        systems.add({ ...system, run: (on) => system.run(contextOf(on)) });
      } catch (thrown) {
        report({ level: 'error', kind: 'system-failed', message: messageOf(thrown) });
      }
    }
    simulator.instance.onEvent((event) => {
      countWorkerEvent(world, event);
      if (event.kind === 'replaced') report({ level: 'warning', kind: 'simulator-replaced', message: event.message });
    });
    const catalogue: Catalogue = {
      circuits: circuits.map(({ info }) => info),
      agent: definition.id,
      schedule: schedule.id,
      executor: learn?.executor ?? NO_EXECUTOR,
      simulator: { kind: simulator.instance.kind, description: simulator.instance.description, reason: simulator.reason },
      seed: configuration.seed,
      ...(options.library && { run: options.library.current }),
      // With every hyper-parameter, so that a run goes on as it was when defaults have changed since.
      configuration: { ...configuration, hyperParameters: { ...hyper } },
      hyperParameters: { ...hyper },
      plugins: registries.reports,
      panels: [...registries.panels.values()],
    };
    const definitions = () => run.circuits.map((circuit) => circuit.definition);
    store.begin(catalogue, definitions());
    if (resume)
      await during(
        'resume',
        'Resume',
        'reading where it stopped',
        () => restoreRun(world, registries, agent, resume),
        () => `tick ${world.resource(Tick).number}`,
      );
    store.circuitsChanged(definitions());
    showKnownResults(world, agent, options.known ?? []);
    const announce = () => {
      const executor = learn?.executor ?? NO_EXECUTOR;
      const now: Catalogue = { ...catalogue, executor, circuits: run.circuits.map(({ info }) => info) };
      for (const listener of catalogueListeners) listener(now);
    };
    world.resource(Roster).changed = () => {
      store.circuitsChanged(definitions());
      announce();
    };
    learn?.onExecutorChange?.(announce);
    return { world, systems, registries, shelf: createCircuitShelf(registries.circuits), catalogue, agent, time, learn };
  }

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
    time.pause();
    time.stop();
    await time.next();
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
      held = true;
      subscriptions.show(takeSnapshot(world), true);
      await time.hold();
      held = false;
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
    if (!ticking || held) subscriptions.show(takeSnapshot(world), true);
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

  const building = build();
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
    onStartup(listener) {
      for (const step of startup) listener(step);
      startupListeners.add(listener);
      return () => startupListeners.delete(listener);
    },
    onCatalogue(listener) {
      catalogueListeners.add(listener);
      return () => catalogueListeners.delete(listener);
    },
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

/** Systems without which nothing goes on: if one keeps failing, the run has failed. */
function criticalFault(faults: SystemFaults): boolean {
  return ['act', 'simulate', 'evaluate'].some((id) => faults.has(id));
}

function countWorkerEvent(world: World, event: { readonly kind: 'replaced' | 'recycled'; readonly worker: number }): void {
  const { columns } = world.store(SimulatorWorker);
  for (const entity of world.query(SimulatorWorker)) {
    const at = world.indexOf(entity);
    if (columns.number.get(at) === event.worker) columns[event.kind].add(at, 1);
  }
}
