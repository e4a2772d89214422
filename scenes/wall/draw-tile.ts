/** Draws one tile into the batch, at the level that its size allows. Pure drawing: what to draw is in the snapshot. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { EnvironmentsSnapshot } from '../../engine/api/snapshot';
import { EnvironmentState } from '../../engine/api/snapshot';
import { barPosition, distanceOfFactor, positionInRange, worstDistance } from '../format/distance';
import { formatQuantity, formatReward } from '../format/engineering';
import { isUsable, STATE_NAMES } from '../format/states';
import type { IconName } from '../graphics/glyph-atlas';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Palette } from '../theme/palette';
import { rampColor, withAlpha } from '../theme/palette';
import type { RewardHistory } from './history';
import { HISTORY } from './history';
import type { Level } from './levels';

export interface TileContext {
  readonly batch: QuadBatch;
  readonly palette: Palette;
  readonly environments: EnvironmentsSnapshot;
  readonly history: RewardHistory;
  readonly level: Level;
  readonly episodeSteps: number;
  /** Short spec names by circuit. */
  readonly names: readonly (readonly string[])[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const STATE_ICONS: Readonly<Record<number, IconName>> = {
  [EnvironmentState.idle]: 'ring',
  [EnvironmentState.simulating]: 'dot',
  [EnvironmentState.failed]: 'cross',
  [EnvironmentState.met]: 'check',
  [EnvironmentState.invalid]: 'slash',
};

/** Room kept for the step and the reward, so that the sparklines of all tiles stand in line; CSS pixels. */
const STEP_WIDTH = 44;
const REWARD_WIDTH = 43;
const TWICE = barPosition(distanceOfFactor(2));

export function drawTile(context: TileContext, e: number, info: CircuitInfo, box: Box): void {
  if (context.level === 'cell' || context.level === 'fingerprint') drawCell(context, e, info, box);
  else drawCard(context, e, info, box);
}

/** The far view: colour = worst distance, blue-green = met; bars (where there is room) = one a spec about the target line. */
function drawCell({ batch, palette, environments, level }: TileContext, e: number, info: CircuitInfo, box: Box): void {
  const state = environments.state[e];
  const offset = environments.specOffset[e];
  const count = info.specs.length;
  const worst = worstDistance(environments.distances, offset, count);
  const met = state === EnvironmentState.met || worst >= 0;
  const broken = !isUsable(state);
  const gap = box.width < 10 ? 0.5 : 1;
  const { x, y } = { x: box.x + gap, y: box.y + gap };
  const width = box.width - gap * 2;
  const height = box.height - gap * 2;
  if (level === 'cell') {
    batch.rect(
      x,
      y,
      width,
      height,
      broken ? palette.packed.track : met ? palette.packed.met : rampColor(palette, worst),
      box.width < 10 ? 0 : 2,
    );
    if ((met || broken) && width >= 9) {
      batch.icon(
        x + width / 2,
        y + height / 2,
        STATE_ICONS[broken ? state : EnvironmentState.met],
        broken ? palette.state[state] : palette.packed.ink,
        Math.min(10, height),
      );
    }
    return;
  }
  batch.rect(x, y, width, height, palette.packed.tile, 2);
  const stripe = Math.max(3, Math.round(height * 0.14));
  batch.rect(
    x,
    y + height - stripe,
    width,
    stripe,
    broken ? palette.state[state] : met ? palette.packed.met : rampColor(palette, worst),
    1,
  );
  if (broken) {
    batch.icon(x + width / 2, y + (height - stripe) / 2, STATE_ICONS[state], palette.state[state], 10);
    return;
  }
  const middle = y + (height - stripe) / 2;
  const reach = (height - stripe) / 2 - 1.5;
  const pitch = (width - 4) / count;
  batch.rect(x + 2, middle - 0.5, width - 4, 1, palette.packed.line);
  for (let s = 0; s < count; s++) {
    const place = barPosition(environments.distances[offset + s]);
    const length = Math.max(1, Math.abs(place) * reach);
    const bar = Math.max(1, pitch - Math.max(1, pitch * 0.25));
    batch.rect(
      x + 2 + s * pitch,
      place >= 0 ? middle - length : middle,
      bar,
      length,
      place >= 0 ? palette.packed.hold : palette.packed.miss,
    );
  }
}

/** The near view: header, a row a spec, and where there is room the sizing. */
function drawCard(context: TileContext, e: number, info: CircuitInfo, box: Box): void {
  const { batch, palette, environments, level } = context;
  const colors = palette.packed;
  const state = environments.state[e];
  const x = box.x + 3;
  const y = box.y + 3;
  const width = box.width - 6;
  const height = box.height - 6;
  const full = level === 'full';
  const pad = full ? 9 : 7;
  batch.rect(x, y, width, height, colors.line, 5);
  batch.rect(x + 1, y + 1, width - 2, height - 2, colors.tile, 4);

  const baseline = y + pad + 9;
  batch.icon(x + pad + 5, baseline - 4, STATE_ICONS[state], palette.state[state]);
  batch.text(x + pad + 15, baseline, String(e), 'strong', colors.text);
  const step = `${environments.episodeStep[e]}/${context.episodeSteps}`;
  const right = x + width - pad;
  batch.text(right, baseline, step, 'small', colors.dim, 'right');
  if (full) {
    drawReward(context, e, { x: x + pad + 40, y: y + pad - 2, width: right - STEP_WIDTH - (x + pad + 40), height: 13 });
  }
  const progressY = baseline + 5;
  batch.rect(x + pad, progressY, width - pad * 2, 2, colors.track);
  batch.rect(
    x + pad,
    progressY,
    (width - pad * 2) * Math.min(1, environments.episodeStep[e] / context.episodeSteps),
    2,
    colors.idle,
  );

  const top = progressY + (full ? 7 : 6);
  const bottom = y + height - pad + 2;
  const sizing = full ? Math.min(72, Math.max(30, (bottom - top) * 0.27)) : 0;
  const rows = info.specs.length;
  const pitch = Math.min(full ? 22 : 16, (bottom - top - sizing - (full ? 4 : 0)) / rows);
  drawSpecs(context, e, info, { x: x + pad, y: top, width: width - pad * 2, height: pitch * rows });
  if (full) drawSizing(context, e, info, { x: x + pad, y: bottom - sizing, width: width - pad * 2, height: sizing });
}

function drawReward({ batch, palette, environments, history }: TileContext, e: number, box: Box): void {
  const reward = environments.reward[e];
  const label = formatReward(reward);
  batch.text(box.x + box.width, box.y + 11, label, 'small', palette.packed.dim, 'right');
  const width = Math.min(box.width - REWARD_WIDTH, HISTORY * 2);
  if (width < 24) return;
  const pitch = width / HISTORY;
  const left = box.x + box.width - REWARD_WIDTH - width;
  history.each(e, (value, place) => {
    // Rewards run from -1 to 0 on the way and lie above 0 where all targets hold.
    const height = Math.max(1, Math.min(1, (Number.isNaN(value) ? -1 : value) + 1) * (box.height - 1));
    batch.rect(
      left + place * pitch,
      box.y + box.height - height,
      Math.max(1, pitch - 0.5),
      height,
      value > 0 ? palette.packed.met : withAlpha(palette.packed.idle, 0.6),
    );
  });
}

function drawSpecs({ batch, palette, environments, level, names }: TileContext, e: number, info: CircuitInfo, box: Box): void {
  const colors = palette.packed;
  const full = level === 'full';
  const rows = info.specs.length;
  const pitch = box.height / rows;
  const legible = pitch >= 9.5;
  const nameWidth = legible ? (full ? 50 : Math.min(44, box.width * 0.36)) : 0;
  const valueWidth = full && legible ? 62 : 0;
  const left = box.x + nameWidth;
  const track = box.width - nameWidth - valueWidth;
  const zero = left + track * 0.62;
  const thickness = Math.max(2, Math.min(6, Math.floor(pitch * (legible ? 0.42 : 0.6))));
  const offset = environments.specOffset[e];
  const usable = isUsable(environments.state[e]);
  // Nothing can be compared: the tile says why instead of showing empty bars.
  const says = !usable && full && legible;
  if (says) {
    const label = STATE_NAMES[environments.state[e]];
    batch.text(left, Math.round(box.y + box.height / 2) + 4, label, 'label', palette.state[environments.state[e]]);
  }
  for (let s = 0; s < rows; s++) {
    const middle = Math.round(box.y + pitch * (s + 0.5));
    const spec = info.specs[s];
    const distance = environments.distances[offset + s];
    const holds = distance >= 0;
    if (legible) batch.text(box.x, middle + 4, names[info.index][s], full ? 'label' : 'small', colors.dim, 'left', nameWidth - 4);
    if (says) continue;
    batch.rect(left, middle - thickness / 2, track, thickness, colors.track, 1);
    const place = barPosition(distance);
    const reach = place < 0 ? zero - left : left + track - zero;
    if (usable) {
      const length = Math.max(1.5, Math.abs(place) * reach);
      batch.rect(
        place < 0 ? zero - length : zero,
        middle - thickness / 2,
        length,
        thickness,
        holds ? colors.hold : colors.miss,
        1,
      );
    }
    // Half and twice the target, then the target itself, taller than the bar.
    batch.rect(zero - TWICE * (zero - left), middle - thickness / 2, 1, thickness, withAlpha(colors.tile, 0.7));
    batch.rect(zero + TWICE * (left + track - zero), middle - thickness / 2, 1, thickness, withAlpha(colors.tile, 0.7));
    batch.rect(zero - 1, middle - thickness / 2 - 2, 2, thickness + 4, colors.text);
    if (valueWidth > 0) {
      const measured = formatQuantity(environments.measures[offset + s], spec.unit);
      batch.text(
        box.x + box.width,
        middle + 4,
        measured,
        'label',
        holds ? colors.text : usable ? colors.miss : colors.dim,
        'right',
        valueWidth - 4,
      );
    }
  }
}

/** A column a parameter, filled to its place in its range; the shape tells transistors (gate bar) from capacitors (plates). */
function drawSizing({ batch, palette, environments }: TileContext, e: number, info: CircuitInfo, box: Box): void {
  const colors = palette.packed;
  const count = info.parameters.length;
  const pitch = box.width / count;
  const named = pitch >= 20 && box.height >= 26;
  const offset = environments.parameterOffset[e];
  const height = box.height - (named ? 13 : 0);
  const thickness = Math.min(16, Math.max(2, pitch - 8));
  for (let p = 0; p < count; p++) {
    const definition = info.parameters[p];
    const value = environments.parameters[offset + p];
    const share = positionInRange(value, definition.minimum, definition.maximum, definition.scale);
    const center = Math.round(box.x + pitch * (p + 0.5));
    const color = definition.polarity === 'n' ? colors.deviceN : definition.polarity === 'p' ? colors.deviceP : colors.passive;
    const filled = Math.max(2, share * height);
    batch.rect(center - thickness / 2, box.y, thickness, height, colors.track, 2);
    batch.rect(center - thickness / 2, box.y + height - filled, thickness, filled, withAlpha(color, 0.55), 2);
    batch.rect(center - thickness / 2 - 1, box.y + height - filled, thickness + 2, 2, color);
    if (definition.polarity === 'p') batch.icon(center, box.y + height - 5, 'ring', withAlpha(colors.text, 0.7), 6);
    if (definition.polarity === 'none')
      batch.rect(center - thickness / 2, box.y + height - 5, thickness, 1.5, withAlpha(colors.text, 0.7));
    if (named) batch.text(center, box.y + box.height - 1, definition.name, 'small', colors.dim, 'center', pitch - 2);
  }
}
