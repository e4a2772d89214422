/** One of the four views. All share a canvas: each has a box of it, a picture of its points, and draws what changes on top. */
import type { Marks } from '../graphics/mark-batch';
import type { MarkLayer } from '../graphics/mark-layer';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Palette } from '../theme/palette';
import type { ThemeName } from '../theme/tokens';
import type { ExplorationModel } from './model';
import type { ImaginedRollout } from './rollouts';
import type { Tint } from './tint';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Shown {
  readonly model: ExplorationModel;
  readonly palette: Palette;
  readonly theme: ThemeName;
  readonly tint: Tint;
  /** Only this many of the best are drawn; 0: all. */
  readonly top: number;
  /** Rows that are lit and selected; -1: none. */
  readonly hovered: number;
  readonly selected: number;
  /** Episodes whose course is drawn: their rows in order. */
  readonly courses: readonly (readonly number[])[];
  /** Where the policy believes that the first of them would have gone; null where that is not known. */
  readonly rollout: ImaginedRollout | null;
  /** Why not, in words. */
  readonly rolloutReason: string;
}

/** What a view paints on: its marks, and those that must not be covered. Local to its box. */
export interface Layers {
  readonly under: MarkLayer;
  readonly over: MarkLayer;
}

/** How a view is enlarged and moved: what would stand at p without it stands at p · zoom + (x, y), in its box. */
export interface Pose {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export interface ExplorationView {
  /** Called before points are painted from the first on: all layers are empty. What is painted keeps the pose of this moment. */
  begin(shown: Shown, box: Box): void;
  /** Adds points: rows `from` up to `to`. */
  paint(layers: Layers, shown: Shown, from: number, to: number): void;
  /** Fills the ground, which is empty, with what is known of the points so far. */
  ground?(layer: Marks, shown: Shown): void;
  /** Draws what is lit (`lit` covers the canvas), axes and text. */
  draw(batch: QuadBatch, lit: Marks, shown: Shown): void;
  /** Row at a place of the canvas; -1 where there is none. */
  at(shown: Shown, x: number, y: number): number;
  /** For a view that can be enlarged and moved: how it is now. */
  pose?(): Pose;
}

/** Whether a summary of all points is to be made anew: every time while they are few, later at every hundredth more. */
export function hasGrown(before: number, now: number): boolean {
  return now < before || (now < 5000 ? now !== before : now >= before * 1.01);
}

/** A line of one CSS pixel, straight up or across. */
export function hair(batch: QuadBatch, x0: number, y0: number, x1: number, y1: number, color: number): void {
  if (x0 === x1) batch.rect(x0 - 0.5, Math.min(y0, y1), 1, Math.abs(y1 - y0), color);
  else batch.rect(Math.min(x0, x1), y0 - 0.5, Math.abs(x1 - x0), 1, color);
}

/** The mark of a lit or selected point. */
export function beacon(batch: QuadBatch, x: number, y: number, { packed }: Palette, selected: boolean): void {
  const size = selected ? 7 : 6;
  batch.rect(x - size, y - size, size * 2, size * 2, packed.background, size);
  batch.rect(x - size + 1, y - size + 1, size * 2 - 2, size * 2 - 2, selected ? packed.accent : packed.text, size);
  batch.rect(x - size + 3, y - size + 3, size * 2 - 6, size * 2 - 6, packed.background, size);
}
