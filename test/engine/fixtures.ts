import type { Agent, AgentDefinition, CircuitDefinition, Evaluation, Plugin, Proposal, Simulator } from '../../engine/api';
import type { Clock } from '../../engine/base';
import linear from '../../plugins/schedules/linear';

/** Time that moves only when told to; `wait(0)` lets everything pending through. */
export function fakeClock(): Clock & { advance(milliseconds: number): Promise<void> } {
  let now = 0;
  let waiting: { at: number; resolve: () => void }[] = [];
  return {
    now: () => now,
    wait: (milliseconds) =>
      milliseconds <= 0
        ? new Promise((resolve) => setImmediate(resolve))
        : new Promise((resolve) => waiting.push({ at: now + milliseconds, resolve })),
    async advance(milliseconds) {
      now += milliseconds;
      const due = waiting.filter(({ at }) => at <= now);
      waiting = waiting.filter(({ at }) => at > now);
      for (const { resolve } of due) resolve();
      await settle();
    },
  };
}

/** Lets promises and messages that are pending run. */
export async function settle(turns = 8): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Two parameters a and b; gain = a / b at least 99 and power = a at most 5 by default. */
export function testCircuit(id = 'test-circuit', change: Partial<CircuitDefinition> = {}): CircuitDefinition {
  const parameter = { kind: 'width', unit: 'm', scale: 'log', roles: ['input-pair'], polarity: 'n', devices: [] } as const;
  return {
    id,
    title: id,
    description: 'made up',
    parameters: [
      { ...parameter, name: 'a', title: 'a', minimum: 0.1, maximum: 10, initial: 1 },
      { ...parameter, name: 'b', title: 'b', minimum: 0.01, maximum: 1, initial: 0.1 },
    ],
    specs: [
      {
        name: 'gain',
        title: 'gain',
        kind: 'gain',
        unit: 'V/V',
        direction: 'at-least',
        target: 99,
        range: { easy: 5, hard: 200 },
        transform: { scale: 'log', center: 3, spread: 1 },
      },
      {
        name: 'power',
        title: 'power',
        kind: 'power',
        unit: 'W',
        direction: 'at-most',
        target: 5,
        range: { easy: 10, hard: 2 },
        transform: { scale: 'log', center: 0, spread: 1 },
      },
    ],
    process: { library: 'none', supply: 1, temperature: 27 },
    netlist: 'r1 a 0 {a}\nr2 b 0 {b}',
    analyses: [],
    measures: { gain: () => 1, power: () => 1 },
    ...change,
  };
}

export interface FakeSimulator extends Simulator {
  /** Sizings it was asked for, in the order in which they came. */
  readonly asked: Float64Array[];
  /** Answers held back until `release`, where `manual`. */
  release(count?: number): void;
}

export interface FakeSimulatorOptions {
  readonly manual?: boolean;
  readonly answer?: (parameters: Float64Array, call: number) => Partial<Evaluation> | Error;
  /** Answers come in an order that is not that of the questions. */
  readonly shuffled?: boolean;
  readonly capacity?: number;
}

/** Answers gain = a / b, power = a. */
export function fakeSimulator({
  manual = false,
  answer,
  shuffled = false,
  capacity = 2,
}: FakeSimulatorOptions = {}): FakeSimulator {
  const asked: Float64Array[] = [];
  const held: (() => void)[] = [];
  const none = {
    'no-convergence': 0,
    'time-out': 0,
    'missing-measure': 0,
    'out-of-range': 0,
    'invalid-operating-point': 0,
    'engine-died': 0,
    'bad-netlist': 0,
  };
  return {
    kind: 'fake',
    description: 'arithmetic',
    capacity,
    asked,
    register() {},
    evaluate({ parameters }) {
      const call = asked.push(parameters.slice());
      return new Promise((resolve, reject) => {
        const finish = () => {
          const [a, b] = parameters as unknown as [number, number];
          const said = answer?.(parameters, call) ?? {};
          if (said instanceof Error) reject(said);
          else
            resolve({
              measures: Float64Array.of(a / b, a),
              valid: true,
              failure: null,
              failureDetail: '',
              milliseconds: 1,
              ...said,
            });
        };
        if (manual) held.push(finish);
        else if (shuffled) setTimeout(finish, (call * 7) % 5);
        else setImmediate(finish);
      });
    },
    release(count = held.length) {
      for (const finish of held.splice(0, count)) finish();
    },
    statistics: () => ({
      evaluations: asked.length,
      failures: none,
      replaced: 0,
      recycled: 0,
      queued: 0,
      busy: 0,
      cacheHits: 0,
      milliseconds: 0,
    }),
    onEvent: () => () => {},
    dispose: async () => {},
  };
}

/** Steps u by what `direction` says; evaluates with the same. */
export function steppingAgent(direction: readonly number[], change: Partial<Agent> = {}): AgentDefinition {
  return {
    id: 'stepping',
    title: 'stepping',
    defaults: {},
    create: () => ({
      propose: async (situations) =>
        situations.map(({ slot, u }): Proposal => {
          const action = Float32Array.from(direction);
          return { slot, u: u.map((value, i) => Math.min(1, Math.max(0, value + 0.1 * action[i]!))), action, origin: 'policy' };
        }),
      observe() {},
      metrics: () => ({}),
      dispose() {},
      ...change,
    }),
  };
}

/** A plugin with a circuit (or several), an agent and the linear schedule. */
export function testPlugins(agent: AgentDefinition, circuits: readonly CircuitDefinition[] = [testCircuit()]): Plugin[] {
  return [
    linear,
    {
      id: 'test',
      build(app) {
        for (const circuit of circuits) app.addCircuit(circuit);
        app.addAgent(agent);
      },
    },
  ];
}

/** Hyper-parameters of an M3 that is as small as one can be and does all of its steps. */
export const TINY_M3 = {
  width: 8,
  state: 2,
  layers: 1,
  members: 2,
  batch: 8,
  modelBatch: 8,
  warmup: 12,
  firstFitSteps: 10,
  fitSteps: 4,
  candidates: 16,
  refinements: 1,
  realCapacity: 64,
  syntheticCapacity: 32,
};
