import type { CircuitInfo, Observation, ToldPoint } from '../api';
import type { Executor } from '../tensor';
import { type ReplayPool, type Transition, writeTransition } from './replay-pool';

/** A simulated sizing; z is zeros where invalid. */
export type Point = ToldPoint;

/** An action that just reaches may come out a little larger. */
const ROUNDING = 1e-4;

/** What an agent remembers of one circuit besides the pool on the device. */
export interface CircuitMemory {
  readonly circuit: CircuitInfo;
  /** Whether the circuit takes part at present. */
  here: boolean;
  /** Whether it is here and gets no simulations at present: it has met what it was to meet. */
  idle: boolean;
  /** Simulations seen, resets included. */
  simulations: number;
  /** Transitions ever written to the real and the synthetic buffer; beyond the capacity the oldest are overwritten. */
  real: number;
  synthetic: number;
  /** Simulated sizings, oldest first, as many as the real buffer holds. */
  readonly points: Point[];
  /** Simulations that the last fit saw. */
  fitted: number;
  /** Simulations from which the kernels of its measures were fitted. */
  kernelsFrom: number;
}

export function createMemory(circuit: CircuitInfo): CircuitMemory {
  return { circuit, here: true, idle: false, simulations: 0, real: 0, synthetic: 0, points: [], fitted: 0, kernelsFrom: 0 };
}

/** Transitions in the buffers of each circuit, [circuits, 2], as the plans want them. */
export function filledCounts(memories: readonly CircuitMemory[], pool: ReplayPool): Float32Array {
  return Float32Array.from(
    memories.flatMap((memory) => [Math.min(memory.real, pool.realCapacity), Math.min(memory.synthetic, pool.syntheticCapacity)]),
  );
}

/**
 * Adds a simulation to the real buffer. A first point, or a jump further than an action reaches, has no step that the
 * policy could have made. As a simulation depends on its sizing alone, the newest known sizing that lies within an action
 * stands in for where it came from; without one it enters as a step of length 0, so that the neural simulator still learns it.
 *
 * @param actionScale how far an action reaches
 */
export function remember(
  executor: Executor,
  pool: ReplayPool,
  memory: CircuitMemory,
  seen: Observation,
  actionScale: number,
): void {
  const { from } = seen;
  const z = seen.valid ? seen.z : new Float32Array(seen.z.length);
  const stepped = from?.action.every((a) => Math.abs(a) <= 1 + ROUNDING) ? from : within(memory.points, seen.u, actionScale);
  const zeros = new Float32Array(z.length);
  const transition: Transition = stepped
    ? {
        u: stepped.u,
        z: stepped.valid ? stepped.z : zeros,
        valid: stepped.valid,
        action: stepped.action,
        nextU: seen.u,
        nextZ: z,
        nextValid: seen.valid,
      }
    : {
        u: seen.u,
        z,
        valid: seen.valid,
        action: new Float32Array(seen.u.length),
        nextU: seen.u,
        nextZ: z,
        nextValid: seen.valid,
      };
  writeTransition(executor, pool, memory.circuit.index, memory.real % pool.realCapacity, transition);
  memory.points.push({ u: seen.u.slice(), z: z.slice(), valid: seen.valid });
  if (memory.points.length > pool.realCapacity) memory.points.shift();
  memory.real++;
  memory.simulations++;
}

/** The newest known sizing from which an action leads to `u`, and that action. */
function within(points: readonly Point[], u: Float32Array, actionScale: number) {
  const from = points.findLast((point) => point.u.every((x, i) => Math.abs(u[i]! - x) <= actionScale));
  return from ? { ...from, action: u.map((x, i) => (x - from.u[i]!) / actionScale) } : null;
}
