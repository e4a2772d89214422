import type { AnalysisResults, FailureClass } from '../../api/circuit';
import type { DeckDefinition } from '../deck/deck-definition';

/** What a pool says to a simulator worker. */
export type ToWorker =
  | { readonly kind: 'register'; readonly deck: DeckDefinition }
  | { readonly kind: 'evaluate'; readonly job: number; readonly circuitId: string; readonly parameters: Float64Array };

/** What the worker answers. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly message: string }
  | {
      readonly kind: 'done';
      readonly job: number;
      readonly results: AnalysisResults;
      readonly log: string;
      readonly milliseconds: number;
    }
  | {
      readonly kind: 'failed';
      readonly job: number;
      readonly failure: FailureClass;
      readonly message: string;
      readonly milliseconds: number;
      /** The worker's engine is of no further use: it has to be replaced. */
      readonly fatal: boolean;
    };

/** One end of a channel between threads, the same for Node and browsers. */
export interface Port<In, Out> {
  post(message: Out, transfer?: readonly ArrayBuffer[]): void;
  listen(listener: (message: In) => void): void;
}
