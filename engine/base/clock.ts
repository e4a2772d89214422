/** Real time, handed in at the edges so that the engine itself reads none. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Resolves after so many milliseconds; with 0, once pending messages have been handled. */
  wait(milliseconds: number): Promise<void>;
}
