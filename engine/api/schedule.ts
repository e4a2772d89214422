import type { Scheduled } from './agent';

/** What a schedule may look at. */
export interface ScheduleInput {
  /** Training simulations so far, and the budget. */
  readonly simulations: number;
  readonly budget: number;
  /** simulations / budget, 0 … 1. */
  readonly progress: number;
  /** Error of the neural simulator on real results it had not seen, in units of z; NaN before there is one. */
  readonly modelError: number;
  readonly modelErrorByCircuit: readonly number[];
}

/** A schedule is a pure function, so it can be drawn, tested and replayed. */
export interface ScheduleDefinition {
  readonly id: string;
  readonly title: string;
  decide(input: ScheduleInput): Scheduled;
}
