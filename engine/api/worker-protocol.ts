import type { Command } from './command';
import type { RunConfiguration, RunResult, StartupStep } from './engine';
import type { QuestionName, Questions } from './questions';
import type { Catalogue, Snapshot } from './snapshot';

/** What is to compute; `auto`: the faster of what there is. */
export type ExecutorWish = 'auto' | 'wasm' | 'webgpu';

/** What the page's thread and the engine's worker say to each other. Plain data: it serves any other host as well. */
export type ToEngine =
  /** `executor` left out: `auto`. `run`: goes on with that recorded run, by its own configuration, where it is there. */
  | {
      readonly kind: 'start';
      readonly configuration: Partial<RunConfiguration>;
      readonly executor?: ExecutorWish;
      readonly run?: string;
    }
  | { readonly kind: 'command'; readonly command: Command }
  | ToEngineQuestion
  | { readonly kind: 'dispose' };

/** `number` ties the answer to it. */
export interface ToEngineQuestion {
  readonly kind: 'ask';
  readonly number: number;
  readonly name: QuestionName;
  readonly question: Questions[QuestionName]['ask'];
}

export type FromEngine =
  | { readonly kind: 'startup'; readonly step: StartupStep }
  | { readonly kind: 'catalogue'; readonly catalogue: Catalogue }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'finished'; readonly result: RunResult }
  /** The engine could not be built. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Questions[QuestionName]['answer'] }
  /** A question has no answer, and why. */
  | { readonly kind: 'refused'; readonly number: number; readonly message: string }
  | { readonly kind: 'disposed' };

/** The side of a Worker, a MessagePort or a worker's own scope that matters here. */
export interface MessageEnd<Sent, Received> {
  postMessage(message: Sent, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: Received }) => void): void;
}

/** Snapshots a second that cross threads at most. */
export const SNAPSHOTS_PER_SECOND = 30;
