import { EnvironmentState } from '../../engine/api/snapshot';
import { mix, pack } from './color';
import type { Tokens } from './tokens';

const STEPS = 64;

/** The tokens in the form the GPU takes, and the distance ramp as a table: nothing is mixed while drawing. */
export interface Palette {
  readonly tokens: Tokens;
  readonly packed: Readonly<Record<keyof Tokens, number>>;
  readonly state: readonly number[];
  readonly ramp: Uint32Array;
}

export function createPalette(tokens: Tokens): Palette {
  const keys = Object.keys(tokens) as (keyof Tokens)[];
  const packed = Object.fromEntries(keys.map((key) => [key, pack(tokens[key])])) as Record<keyof Tokens, number>;
  const state: number[] = [];
  state[EnvironmentState.idle] = packed.idle;
  state[EnvironmentState.simulating] = packed.simulating;
  state[EnvironmentState.failed] = packed.failed;
  state[EnvironmentState.met] = packed.met;
  state[EnvironmentState.invalid] = packed.invalid;
  const ramp = new Uint32Array(STEPS);
  for (let i = 0; i < STEPS; i++) {
    const t = i / (STEPS - 1);
    ramp[i] = pack(t < 0.5 ? mix(tokens.far, tokens.middle, t * 2) : mix(tokens.middle, tokens.near, t * 2 - 1));
  }
  return { tokens, packed, state, ramp };
}

/**
 * Colour of a distance that is missed: -1 (or no number) = furthest, 0 = at the target. The square root gives the last
 * tenth before the target as much of the ramp as it has of the work.
 */
export function rampColor(palette: Palette, distance: number): number {
  if (!(distance > -1)) return palette.ramp[0];
  const t = 1 - Math.sqrt(Math.min(1, Math.max(0, -distance)));
  return palette.ramp[Math.round(t * (STEPS - 1))];
}

export function withAlpha(color: number, alpha: number): number {
  return ((color & 0x00ffffff) | (Math.round(alpha * 255) << 24)) >>> 0;
}
