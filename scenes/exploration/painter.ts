/**
 * Keeps the pictures of the views up to date: adds what is new, in pieces that fit a frame, and begins anew where
 * something changes all of it.
 */
import type { QuadBatch } from '../graphics/quad-batch';
import type { Stage } from '../graphics/stage';
import type { Box, ExplorationView, Layers, Shown } from './view';

/** Script time that a frame gives to adding points. */
const FRAME_MILLISECONDS = 9;
const PIECE = 1000;

export interface Painter {
  /** Where each view stands, CSS pixels of the canvas; null: not shown. */
  place(boxes: readonly (Box | null)[]): void;
  /** Begins all anew at the next draw. */
  restart(): void;
  /** @returns true where points remain to be added */
  draw(stage: Stage, batch: QuadBatch, shown: Shown): boolean;
}

interface Place {
  readonly view: ExplorationView;
  box: Box | null;
  painted: number;
  stale: boolean;
}

const LAYERS_A_VIEW = 3;

export function createPainter(views: readonly ExplorationView[]): Painter {
  const places: Place[] = views.map((view) => ({ view, box: null, painted: 0, stale: true }));
  let epoch = -1;
  let ranked = -1;

  const layersOf = (stage: Stage, at: number): Layers => ({
    ground: stage.layer(at * LAYERS_A_VIEW),
    under: stage.layer(at * LAYERS_A_VIEW + 1),
    over: stage.layer(at * LAYERS_A_VIEW + 2),
  });

  function restart(): void {
    for (const place of places) place.stale = true;
  }

  return {
    place(boxes) {
      places.forEach((place, i) => {
        place.box = boxes[i];
        place.stale = true;
      });
    },
    restart,
    draw(stage, batch, shown) {
      const { model } = shown;
      // Of the best few, any new point may change which they are.
      if (model.epoch !== epoch || (shown.top > 0 && model.count !== ranked)) restart();
      epoch = model.epoch;
      ranked = model.count;
      const lit = stage.layer(places.length * LAYERS_A_VIEW);
      lit.place(0, 0, stage.width, stage.height);
      lit.clear();
      const end = performance.now() + FRAME_MILLISECONDS;
      let remain = false;
      places.forEach((place, i) => {
        const layers = layersOf(stage, i);
        const all = [layers.ground, layers.under, layers.over];
        const { view, box } = place;
        for (const layer of all) {
          if (layer.place(box?.x ?? 0, box?.y ?? 0, box?.width ?? 1, box?.height ?? 1)) place.stale = true;
        }
        if (place.stale) {
          for (const layer of all) layer.clear();
          place.painted = 0;
        }
        if (box) {
          if (place.stale) view.begin(shown, box);
          const before = place.painted;
          while (place.painted < model.count && (place.painted === before || performance.now() < end)) {
            const to = Math.min(model.count, place.painted + PIECE);
            view.paint(layers, shown, place.painted, to);
            place.painted = to;
          }
          remain ||= place.painted < model.count;
          if (view.ground && (place.stale || place.painted !== before)) {
            layers.ground.clear();
            view.ground(layers.ground, shown);
          }
        }
        place.stale = false;
        for (const layer of all) layer.flush();
        if (box) view.draw(batch, lit, shown);
      });
      lit.flush();
      return remain;
    },
  };
}
