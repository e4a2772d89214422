import type { Agent, AgentContext, Catalogue, EngineEvent, LearnServices, SystemContext } from '../api';
import { messageOf, RandomStream, type RingBuffer } from '../base';
import { createSystemRegistry, type SystemRegistry, type World } from '../ecs';
import type { RunStore } from '../store';
import { addBuiltInSystems, savedSeconds } from '../systems';
import { SimulatorWorker } from '../systems/components';
import { Roster, type Run, Tick, Viewers } from '../systems/resources';
import { buildWorld } from './build-world';
import { completeConfiguration, completeHyperParameters } from './check-configuration';
import { type CircuitShelf, createCircuitShelf } from './circuit-shelf';
import type { EngineOptions } from './engine-options';
import { showKnownResults } from './known-results';
import { buildPlugins, type Registries } from './plugin-host';
import { restoreRun } from './resume';
import { createRunCircuit } from './run-circuit';
import type { StartupLog } from './startup-log';
import type { Subscriptions } from './subscriptions';
import { createVirtualClock, type VirtualClock } from './virtual-clock';

const NO_EXECUTOR = {
  kind: 'none',
  description: 'nothing is learnt',
  reason: 'the engine was started without an executor',
};

/** Everything of a run once it has been built. */
export interface Built {
  readonly world: World;
  readonly systems: SystemRegistry<World>;
  readonly registries: Registries;
  readonly shelf: CircuitShelf;
  readonly catalogue: Catalogue;
  readonly agent: Agent;
  readonly time: VirtualClock;
  readonly learn: LearnServices | null;
}

/** What the engine lends to what is built. */
export interface Lent {
  readonly simulator: EngineOptions['simulator'];
  readonly store: RunStore;
  readonly events: RingBuffer<EngineEvent>;
  readonly startup: StartupLog;
  readonly subscriptions: Subscriptions;
  readonly report: (event: Omit<EngineEvent, 'tick'>) => void;
  readonly breathe: (progress?: number) => Promise<void>;
  readonly contextOf: (world: World) => SystemContext;
  /** Told as soon as there is something to put away, also where building fails later. */
  readonly learnOpened: (learn: LearnServices | null) => void;
  /** Told of every change of the catalogue. */
  readonly announce: (catalogue: Catalogue) => void;
}

/**
 * Builds everything of a run: plugins, circuits, executor, agent, world; in that order, each step told to whoever waits.
 *
 * @throws OhmbaError where the configuration asks for what there is not, or a part of it cannot be built
 */
export async function buildRun(options: EngineOptions, lent: Lent): Promise<Built> {
  const { clock, resume } = options;
  const { simulator, store, events, startup, subscriptions, report, breathe } = lent;
  const registries = await startup.during(
    'plugins',
    'Plugins',
    'building circuits, agents, schedules',
    () => buildPlugins(options.plugins),
    ({ reports }) => `${reports.filter(({ state }) => state === 'ready').length} ready`,
  );
  for (const { state, reason } of registries.reports) {
    if (state === 'failed') report({ level: 'error', kind: 'plugin-failed', message: reason });
  }
  const configuration = completeConfiguration(options.configuration, registries);
  const definition = registries.agents.get(configuration.agent)!;
  const hyper = completeHyperParameters(definition, configuration.hyperParameters);
  const circuits = configuration.circuits.map((id, index) =>
    createRunCircuit(registries.circuits.get(id)!, index, configuration),
  );
  for (const circuit of circuits) simulator.instance.register(circuit.definition);
  const random = new RandomStream(configuration.seed);
  const open = options.learn;
  const learn = open
    ? await startup.during(
        'learn',
        'Executor',
        'preparing what computes',
        () => open(breathe),
        ({ executor }) => executor.description,
      )
    : null;
  lent.learnOpened(learn);
  const { seed, budget, environments, episodeSteps, agentOptions } = configuration;
  const context: AgentContext = {
    ...{ seed, budget, environments, episodeSteps, clock, learn, report },
    circuits: [...circuits],
    random: random.split('agent'),
    options: agentOptions,
  };
  const agent = await startup.during(
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
    metricDefinitions: [...registries.metrics.values()],
    report,
  };
  const world = buildWorld(run, random, time, events);
  world.provide(Viewers, {
    wanted: () => subscriptions.due() || time.paused(),
    show: (snapshot) => subscriptions.show(snapshot, time.paused()),
  });
  const systems = systemsOf(registries, lent);
  simulator.instance.onEvent((event) => {
    countWorkerEvent(world, event);
    if (event.kind === 'replaced') report({ level: 'warning', kind: 'simulator-replaced', message: event.message });
  });
  const catalogue = catalogueOf(run, hyper, registries, {
    simulator,
    executor: learn?.executor,
    recordedAs: options.library?.current,
  });
  const definitions = () => run.circuits.map((circuit) => circuit.definition);
  store.begin(catalogue, definitions());
  if (resume)
    await startup.during(
      'resume',
      'Resume',
      'reading where it stopped',
      () => restoreRun(world, registries, agent, resume),
      () => `tick ${world.resource(Tick).number}`,
    );
  store.circuitsChanged(definitions());
  showKnownResults(world, agent, options.known ?? []);
  const announce = () =>
    lent.announce({
      ...catalogue,
      executor: learn?.executor ?? NO_EXECUTOR,
      circuits: run.circuits.map(({ info }) => info),
    });
  world.resource(Roster).changed = () => {
    store.circuitsChanged(definitions());
    announce();
  };
  learn?.onExecutorChange?.(announce);
  return { world, systems, registries, shelf: createCircuitShelf(registries.circuits), catalogue, agent, time, learn };
}

/** The built-in systems and those of plugins; one that cannot be placed is left out, with an event. */
function systemsOf(registries: Registries, { contextOf, report }: Lent): SystemRegistry<World> {
  const systems = createSystemRegistry<World>();
  addBuiltInSystems(systems);
  for (const system of registries.systems.values()) {
    try {
      systems.add({ ...system, run: (on) => system.run(contextOf(on)) });
    } catch (thrown) {
      report({ level: 'error', kind: 'system-failed', message: messageOf(thrown) });
    }
  }
  return systems;
}

function catalogueOf(
  { configuration, circuits, schedule }: Run,
  hyper: object,
  { reports, panels }: Registries,
  {
    simulator: { instance, reason },
    executor = NO_EXECUTOR,
    recordedAs,
  }: {
    readonly simulator: EngineOptions['simulator'];
    readonly executor: Catalogue['executor'] | undefined;
    readonly recordedAs: string | undefined;
  },
): Catalogue {
  return {
    circuits: circuits.map(({ info }) => info),
    agent: configuration.agent,
    schedule: schedule.id,
    executor,
    simulator: { kind: instance.kind, description: instance.description, reason },
    seed: configuration.seed,
    ...(recordedAs !== undefined && { run: recordedAs }),
    // With every hyper-parameter, so that a run goes on as it was when defaults have changed since.
    configuration: { ...configuration, hyperParameters: { ...hyper } },
    hyperParameters: { ...hyper },
    plugins: reports,
    panels: [...panels.values()],
  };
}

function countWorkerEvent(world: World, event: { readonly kind: 'replaced' | 'recycled'; readonly worker: number }): void {
  const { columns } = world.store(SimulatorWorker);
  for (const entity of world.query(SimulatorWorker)) {
    const at = world.indexOf(entity);
    if (columns.number.get(at) === event.worker) columns[event.kind].add(at, 1);
  }
}
