/**
 * Keeps the pictures of the views up to date: adds what is new, and paints anew where something changes all of it. In
 * pieces that fit a frame, whatever draws them; meanwhile what was painted before is seen, moved along with its view.
 */
import type { QuadBatch } from '../graphics/quad-batch';
import type { Stage } from '../graphics/stage';
import type { Box, ExplorationView, Pose, Shown } from './view';
import { hasGrown } from './view';

/** Points that a frame adds. */
const LEAST_PIECE = 60;
const MOST_PIECE = 16_000;
/** A frame that took longer than this was given too much to draw; one shorter than the other could do more. */
const SLOW_MILLISECONDS = 34;
const FAST_MILLISECONDS = 25;

export interface Painter {
  /** Where each view stands, CSS pixels of the canvas; null: not shown. */
  place(boxes: readonly (Box | null)[]): void;
  /** Begins all anew, as soon as what is being painted is done. */
  restart(): void;
  /** @returns true where points remain to be added */
  draw(stage: Stage, batch: QuadBatch, shown: Shown): boolean;
}

interface Place {
  readonly view: ExplorationView;
  box: Box | null;
  /** Rows in the layers, and whether they are to be painted anew after that. */
  painted: number;
  stale: boolean;
  /** Rows that the ground was made of. */
  grounded: number;
  /** False while the layers are behind what is seen. */
  whole: boolean;
  /** Points that a frame adds: as many as this view has been found to have time for. */
  piece: number;
  /** In which pose the layers are painted, and what is seen was. */
  painting: Pose;
  seen: Pose | null;
}

const AS_IT_IS: Pose = { zoom: 1, x: 0, y: 0 };

export function createPainter(views: readonly ExplorationView[]): Painter {
  const places = views.map(
    (view): Place => ({
      view,
      box: null,
      painted: 0,
      stale: true,
      grounded: 0,
      whole: false,
      piece: 1000,
      painting: AS_IT_IS,
      seen: null,
    }),
  );
  let epoch = -1;
  let ranked = -1;
  /** When the frame began in which something was painted last. */
  let painted = Number.NaN;

  function restart(): void {
    for (const place of places) place.stale = true;
  }

  /** @returns true where points remain */
  function paint(stage: Stage, place: Place, index: number, shown: Shown): boolean {
    const { view } = place;
    const plate = stage.plate(index);
    const box = place.box ?? { x: 0, y: 0, width: 1, height: 1 };
    if (plate.place(box.x, box.y, box.width, box.height)) {
      place.seen = null;
      place.stale = true;
    }
    if (!place.box) return false;
    // What was begun is finished first where something is seen: or a brush that keeps moving would never show anything.
    if (place.stale && (place.whole || place.seen === null)) {
      plate.clear();
      place.painting = view.pose?.() ?? AS_IT_IS;
      view.begin(shown, place.box);
      place.stale = false;
      place.whole = false;
      place.painted = 0;
      place.grounded = 0;
    }
    const { count } = shown.model;
    const before = place.painted;
    if (place.painted < count) {
      place.painted = Math.min(count, before + place.piece);
      view.paint(plate, shown, before, place.painted);
    }
    const remain = place.painted < count;
    if (!place.whole || place.painted !== before) {
      if (view.ground && (place.grounded === 0 || (!remain && hasGrown(place.grounded, place.painted)))) {
        plate.ground.clear();
        view.ground(plate.ground, shown);
        place.grounded = place.painted;
      }
      if (!remain || place.seen === null) {
        plate.show();
        if (!remain) place.seen = place.painting;
        place.whole = !remain;
      }
    }
    const [from, now] = [place.seen ?? place.painting, view.pose?.() ?? AS_IT_IS];
    const zoom = now.zoom / from.zoom;
    plate.look(zoom, now.x - from.x * zoom, now.y - from.y * zoom);
    return remain || place.stale;
  }

  return {
    place(boxes) {
      places.forEach((place, i) => {
        const [before, box] = [place.box, boxes[i]];
        place.box = box;
        if (!before || !box || (Object.keys(box) as (keyof Box)[]).some((side) => box[side] !== before[side])) place.stale = true;
      });
    },
    restart,
    draw(stage, batch, shown) {
      const { model } = shown;
      // Of the best few, any new point may change which they are.
      if (model.epoch !== epoch || (shown.top > 0 && model.count !== ranked)) restart();
      epoch = model.epoch;
      ranked = model.count;
      const start = performance.now();
      const took = start - painted;
      let remain = false;
      places.forEach((place, i) => {
        const before = place.painted;
        remain = paint(stage, place, i, shown) || remain;
        if (place.painted === before) return;
        if (took > SLOW_MILLISECONDS) place.piece = Math.max(LEAST_PIECE, Math.floor(place.piece * 0.6));
        else if (took < FAST_MILLISECONDS) place.piece = Math.min(MOST_PIECE, Math.ceil(place.piece * 1.3));
      });
      painted = remain ? start : Number.NaN;
      for (const { view, box } of places) if (box) view.draw(batch, stage.overlay, shown);
      return remain;
    },
  };
}
