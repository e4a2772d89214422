import type { Plan } from './plan';
import type { VariableGroup } from './variables';

export type ExecutorKind = 'reference' | 'wasm' | 'webgpu';

/** Why an executor can compute no more. `error` is a fault that a device reports apart from the call that caused it. */
export interface ExecutorFailure {
  readonly kind: 'lost' | 'error';
  readonly message: string;
}

/**
 * Replays plans. Variable groups live in the executor, keyed by name and shared by all its programs.
 * The three executors give the same numbers within rounding; each alone is deterministic.
 */
export interface Executor {
  readonly kind: ExecutorKind;
  /** What it runs on, for people: "wasm relaxed SIMD, 2 threads". */
  readonly description: string;
  /** Set once its device is gone, and all that it held with it; every call throws from then on. Absent: it cannot fail so. */
  readonly failure?: ExecutorFailure | null;
  /** Gives a group its storage and uploads its initial values. A name that is taken is an error. */
  allocate(group: VariableGroup): void;
  release(groupName: string): void;
  /** Builds everything a replay needs. Groups that the plan names must have been allocated. */
  prepare(plan: Plan): Program;
  /**
   * Compiles what was prepared, apart from the calling thread and side by side; without it a program compiles on its first
   * run, one shader after the other. Absent: there is nothing to wait for.
   */
  ready?(): Promise<void>;
  /** Overwrites part of a group. Ordered with the runs around it. */
  write(groupName: string, values: Float32Array, offset?: number): void;
  read(groupName: string, offset?: number, length?: number): Promise<Float32Array>;
  dispose(): void;
}

export interface Program {
  readonly plan: Plan;
  /** Sets an input for the runs that follow. The length must be the input's. */
  write(input: string, values: Float32Array): void;
  /** Replays the plan `times` times. May return before the work is done; `read` waits for it. */
  run(times?: number): void;
  /** An output as of the last run before this call, whatever is asked for afterwards. */
  read(output: string): Promise<Float32Array>;
  dispose(): void;
}
