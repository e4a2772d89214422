import type { CircuitDefinition } from './circuit';

/** What a page, a script or a remote may ask of a running engine. Plain data, one object per wish. */
export type Command =
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  /** One tick, then pause. */
  | { readonly kind: 'step' }
  /** Ticks a second; `null` = as fast as it goes. */
  | { readonly kind: 'speed'; readonly ticksPerSecond: number | null }
  | { readonly kind: 'stop' }
  /**
   * A circuit joins the running training before its next tick: one that plugins brought, by its id, or a whole
   * definition. `environments` left out: as many as each circuit got at the start. Events tell what came of it:
   * `circuit-joined`, `circuit-refused`, `circuit-left`.
   */
  | { readonly kind: 'add-circuit'; readonly circuit: string | CircuitDefinition; readonly environments?: number }
  /** A circuit leaves; what was learnt of it is kept, and it may join again. The last one cannot leave. */
  | { readonly kind: 'remove-circuit'; readonly circuit: string }
  /** A command that a plugin registered. */
  | { readonly kind: 'plugin'; readonly id: string; readonly argument?: unknown };
