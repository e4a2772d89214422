import type { AgentDefinition, CircuitDefinition, Engine, EngineEvent, Plugin, RunConfiguration } from '../../engine/api';
import type { Clock } from '../../engine/base';
import { createEngine, type EngineOptions } from '../../engine/loop';
import { nullStore, type SimulationRecord } from '../../engine/store';
import { type FakeSimulator, fakeClock, fakeSimulator, testCircuit, testPlugins } from './fixtures';

export interface TestRun {
  readonly engine: Engine;
  readonly simulator: FakeSimulator;
  /** What the engine gave its store to keep. */
  readonly recorded: SimulationRecord[];
  readonly events: EngineEvent[];
}

export interface TestRunOptions {
  readonly agent: AgentDefinition;
  readonly circuits?: readonly CircuitDefinition[];
  readonly simulator?: FakeSimulator;
  readonly clock?: Clock;
  readonly plugins?: readonly Plugin[];
  readonly configuration?: Partial<RunConfiguration>;
  readonly learn?: EngineOptions['learn'];
}

/** An engine over a fake simulator. No evaluations unless the configuration asks for some. */
export function startRun({
  agent,
  circuits = [testCircuit()],
  simulator = fakeSimulator(),
  clock = fakeClock(),
  plugins = [],
  configuration = {},
  learn,
}: TestRunOptions): TestRun {
  const recorded: SimulationRecord[] = [];
  const events: EngineEvent[] = [];
  const engine = createEngine({
    plugins: [...testPlugins(agent, circuits), ...plugins],
    configuration: {
      circuits: circuits.map(({ id }) => id),
      agent: agent.id,
      environments: 4,
      budget: 40,
      startPerturbation: 0.05,
      evaluation: { at: [], whenFirstMet: false },
      ...configuration,
    },
    clock,
    simulator: { instance: simulator, reason: 'a test' },
    store: { ...nullStore, simulations: (records) => void recorded.push(...records) },
    ...(learn && { learn }),
    onEvent: (event) => events.push(event),
  });
  return { engine, simulator, recorded, events };
}
