import type { Options, Values } from './options';

/** Where a command writes, and whether a person watches. Tests give their own. */
export interface Terminal {
  out(text: string): void;
  error(text: string): void;
  /** Standard error is a terminal: progress may be drawn in place. */
  readonly live: boolean;
  readonly columns: number;
  /** Aborted by Ctrl+C: finish what is needed and return. */
  readonly interrupted: AbortSignal;
  /** Milliseconds of a steady clock. */
  now(): number;
}

/** 0: done (and targets met, where there are any); 1: not; 2: wrong input. */
export type ExitCode = 0 | 1 | 2;

export interface CliCommand<O extends Options = Options> {
  readonly name: string;
  /** `train CIRCUIT… [options]` */
  readonly usage: string;
  readonly summary: string;
  readonly options: O;
  run(words: readonly string[], values: Values<O>, terminal: Terminal): Promise<ExitCode>;
}

/** Keeps the types of a command's options while it is written. */
export function defineCommand<O extends Options>(command: CliCommand<O>): CliCommand<O> {
  return command;
}
