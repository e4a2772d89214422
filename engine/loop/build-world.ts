import type { EngineEvent } from '../api';
import { ContentHash, type RandomStream, RingBuffer } from '../base';
import { World } from '../ecs';
import { AgentState, Schedule, SimulatorPool, SimulatorWorker } from '../systems/components';
import { spawnEnvironment } from '../systems/environments';
import { createPointHistory } from '../systems/history';
import {
  AgentHealth,
  Counts,
  DiagnosisState,
  EnvironmentStreams,
  EvaluationPlan,
  Histories,
  InFlight,
  Recording,
  Roster,
  Run,
  Tick,
  Timeline,
} from '../systems/resources';
import { createCircuitCount } from '../systems/roster';

const RATE_TICKS = 40;

/** A world with all entities and resources of a run; nothing has been simulated. */
export function buildWorld(run: Run, random: RandomStream, timeline: Timeline, events: RingBuffer<EngineEvent>): World {
  const world = new World();
  const { circuits, configuration, simulator } = run;
  world.provide(Run, run);
  world.provide(Timeline, timeline);
  world.provide(Counts, {
    training: 0,
    evaluation: 0,
    byHand: 0,
    updates: 0,
    circuits: circuits.map(createCircuitCount),
  });
  world.provide(Tick, {
    number: 0,
    scheduled: { realRatio: 1, updates: 0, rollouts: 0, rolloutLength: 0, reason: 'not yet decided' },
    transitions: [],
    newSimulations: 0,
    phases: {},
    activity: null,
  });
  world.provide(InFlight, { waiting: new Map(), arrived: [] });
  world.provide(EvaluationPlan, {
    remaining: [...configuration.evaluation.at].sort((a, b) => a - b),
    due: new Set(),
    active: false,
    reason: '',
    heldAt: 0,
  });
  world.provide(
    Histories,
    circuits.map((circuit) => createPointHistory(circuit)),
  );
  world.provide(AgentHealth, { failure: '', scheduleFailed: false });
  world.provide(Recording, {
    hash: new ContentHash(),
    metrics: {},
    events,
    known: 0,
    marks: new RingBuffer<{ seconds: number; simulations: number; updates: number }>(RATE_TICKS),
  });
  const stream = (slot: number) => random.split(`environment/${slot}`);
  const slots = configuration.environments + circuits.length;
  world.provide(EnvironmentStreams, new Map(Array.from({ length: slots }, (_, slot) => [slot, stream(slot)])));
  world.provide(DiagnosisState, { circuits: [], found: [] });
  world.provide(Roster, { pending: [], changed: () => undefined, nextSlot: slots, stream });

  for (let slot = 0; slot < configuration.environments; slot++) {
    spawnEnvironment(world, circuits[slot % circuits.length]!, slot, 'training');
  }
  for (const circuit of circuits) spawnEnvironment(world, circuit, configuration.environments + circuit.info.index, 'evaluation');
  const agent = world.spawn();
  world.add(agent, AgentState).columns.id.set(world.indexOf(agent), configuration.agent);
  world.add(world.spawn(), Schedule);
  spawnSimulators(world, simulator.kind, simulator.capacity);
  return world;
}

function spawnSimulators(world: World, kind: string, capacity: number): void {
  const pool = world.spawn();
  const { columns } = world.add(pool, SimulatorPool);
  columns.kind.set(world.indexOf(pool), kind);
  columns.capacity.set(world.indexOf(pool), capacity);
  for (let number = 0; number < capacity; number++) {
    const worker = world.spawn();
    const store = world.add(worker, SimulatorWorker);
    store.columns.kind.set(world.indexOf(worker), kind);
    store.columns.number.set(world.indexOf(worker), number);
  }
}
