import type { AgentDefinition } from './agent-definition';
import type { CircuitDefinition, Simulator } from './circuit';
import type { Command } from './command';
import type { PhaseName } from './phases';
import type { ScheduleDefinition } from './schedule';
import type { EngineEvent, Snapshot } from './snapshot';

/** A folder that brings something: circuits, agents, schedules … Built-in things come through the same door. */
export interface Plugin {
  readonly id: string;
  readonly title?: string;
  readonly version?: string;
  /** Ids of plugins that must have been built before. */
  readonly requires?: readonly string[];
  /** Registers what the plugin brings. What it throws is reported in its name; the engine goes on without it. */
  build(app: App): void | Promise<void>;
  dispose?(): void | Promise<void>;
}

/** Where a plugin registers what it brings. An id that is taken is an error; a plugin that fails leaves nothing behind. */
export interface App {
  addCircuit(circuit: CircuitDefinition): void;
  addSimulator(simulator: SimulatorDefinition): void;
  addAgent<Hyper extends object>(agent: AgentDefinition<Hyper>): void;
  addSchedule(schedule: ScheduleDefinition): void;
  addSystem(system: SystemDefinition): void;
  addCommand(command: CommandDefinition): void;
  addMetric(metric: MetricDefinition): void;
  addPanel(panel: PanelDefinition): void;
}

export interface SimulatorDefinition {
  readonly id: string;
  readonly title: string;
  /** @throws where it cannot run on this host, saying why */
  create(options: SimulatorOptions): Promise<Simulator> | Simulator;
}

export interface SimulatorOptions {
  /** Evaluations at once; the simulator decides where it is left out. */
  readonly workers?: number;
  readonly host: SimulatorHost;
}

/** The ways to run ngspice that the host has (engine/circuit/simulator-host): what simulator plugins are made of. */
export interface SimulatorHost {
  /** ngspice in WebAssembly, in workers. */
  ngspiceWasm(options: { readonly workers?: number }): Promise<Simulator>;
  /** The system's ngspice, in processes; null in a browser. */
  readonly ngspiceNative: ((options: { readonly workers?: number }) => Promise<Simulator>) | null;
}

/** A system of a plugin: called once a tick, in its phase. It holds no state between runs of the engine. */
export interface SystemDefinition {
  readonly id: string;
  readonly phase: PhaseName;
  /** Ids of systems of the same phase that run later, and earlier. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  run(context: SystemContext): void | Promise<void>;
}

/** What a plugin's system may see and say. */
export interface SystemContext {
  readonly tick: number;
  /** The state as a person would see it now. Made on demand. */
  snapshot(): Snapshot;
  /** Adds to the snapshot's metrics. */
  setMetric(name: string, value: number): void;
  report(event: Omit<EngineEvent, 'tick'>): void;
  send(command: Command): void;
}

export interface CommandDefinition {
  /** Stable id: `pause-when-met`. */
  readonly id: string;
  readonly title: string;
  run(context: SystemContext, argument: unknown): void | Promise<void>;
}

/** A number computed from the state after each tick. */
export interface MetricDefinition {
  readonly id: string;
  readonly title: string;
  readonly unit?: string;
  measure(snapshot: Snapshot): number;
}

/** A chart of metrics in the page, declared, not programmed. */
export interface PanelDefinition {
  readonly id: string;
  readonly title: string;
  readonly series: readonly { readonly metric: string; readonly title?: string }[];
}

/** What became of a plugin. */
export interface PluginReport {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly requires: readonly string[];
  readonly state: 'ready' | 'failed';
  /** Why it failed; empty where it did not. */
  readonly reason: string;
  /** What it registered: `circuit two-stage-opamp`. */
  readonly brings: readonly string[];
}
