import { defineComponent } from '../ecs';

/** Where an environment stands between two ticks. */
export const Stage = {
  /** Needs a start: a new episode begins. */
  fresh: 0,
  /** Has a result and waits for its next sizing. */
  ready: 1,
  /** Has its next sizing and waits for the simulator. */
  chosen: 2,
  simulating: 3,
} as const;

/** A circuit being sized. */
export const Environment = defineComponent('Environment', {
  /** What observations and proposals are ordered by. */
  slot: 'u32',
  circuit: 'u16',
  /** EnvironmentState, for who looks. */
  state: 'u8',
  /** Stage, for the systems. */
  stage: 'u8',
  episode: 'u32',
  step: 'u16',
  /** Invalid results in a row. */
  invalidRun: 'u16',
  simulations: 'u32',
  /** Where the sizing came from: `policy`, `random`, `reset`. */
  origin: 'text',
});

/** Marks environments that train, and those in which the plain policy is evaluated. */
export const Training = defineComponent('Training', { starts: 'u32' });
export const Evaluation = defineComponent('Evaluation', { steps: 'u16', met: 'u8', running: 'u8' });

/** Parameters: [P] each. */
export const Sizing = defineComponent('Sizing', {}, { u: 'f32', nextU: 'f32', action: 'f32', physical: 'f64' });

/** What the simulator said: [S] each. */
export const Measured = defineComponent(
  'Measured',
  { valid: 'u8', failure: 'text' },
  { z: 'f32', measures: 'f64', target: 'f64', distances: 'f32' },
);

/** What the agent expected it to say. */
export const Predicted = defineComponent('Predicted', { known: 'u8', validity: 'f32' }, { z: 'f32', spread: 'f32' });

export const Outcome = defineComponent('Outcome', { reward: 'f32', bestReward: 'f32', met: 'u8', done: 'u8' });

export const AgentState = defineComponent('Agent', {
  id: 'text',
  failure: 'text',
  updates: 'u32',
  fitSteps: 'u32',
  imagined: 'u32',
});

export const Buffer = defineComponent('Buffer', { kind: 'text', circuit: 'i32', size: 'u32', capacity: 'u32' });

export const NeuralSimulator = defineComponent(
  'NeuralSimulator',
  { members: 'u16', fitSteps: 'u32', error: 'f64' },
  { errorByCircuit: 'f64' },
);

export const Schedule = defineComponent('Schedule', {
  id: 'text',
  realRatio: 'f64',
  updates: 'f64',
  rollouts: 'f64',
  rolloutLength: 'f64',
  reason: 'text',
});

export const SimulatorWorker = defineComponent('SimulatorWorker', {
  kind: 'text',
  number: 'u16',
  replaced: 'u32',
  recycled: 'u32',
});

export const SimulatorPool = defineComponent('SimulatorPool', {
  kind: 'text',
  capacity: 'u16',
  evaluations: 'u32',
  failures: 'u32',
  queued: 'u32',
  busy: 'u32',
  milliseconds: 'f64',
});
