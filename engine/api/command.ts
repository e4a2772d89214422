/** What a page, a script or a remote may ask of a running engine. Plain data, one object per wish. */
export type Command =
  | { readonly kind: 'play' }
  | { readonly kind: 'pause' }
  /** One tick, then pause. */
  | { readonly kind: 'step' }
  /** Ticks a second; `null` = as fast as it goes. */
  | { readonly kind: 'speed'; readonly ticksPerSecond: number | null }
  | { readonly kind: 'stop' }
  /** A command that a plugin registered. */
  | { readonly kind: 'plugin'; readonly id: string; readonly argument?: unknown };
