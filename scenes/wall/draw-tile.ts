/** Draws one tile into the batch, at the level that its size allows. Pure drawing: what to draw is in the snapshot. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { EnvironmentsSnapshot } from '../../engine/api/snapshot';
import { EnvironmentState } from '../../engine/api/snapshot';
import { barPosition, distanceOfFactor, worstDistance } from '../format/distance';
import { formatQuantity, formatReward } from '../format/engineering';
import { isUsable, STATE_NAMES } from '../format/states';
import type { IconName } from '../graphics/glyph-atlas';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Palette } from '../theme/palette';
import { rampColor, withAlpha } from '../theme/palette';
import type { Alarms } from './alarms';
import { ALARM_ICONS } from './alarms';
import { CARD_GAP, CARD_PAD, cardRows, LEGIBLE, ROOMY } from './card-rows';
import type { Scale } from './device-glyphs';
import { drawSizing } from './device-glyphs';
import type { RewardHistory } from './history';
import { HISTORY } from './history';
import type { Level } from './levels';

export interface TileContext {
  readonly batch: QuadBatch;
  readonly palette: Palette;
  readonly environments: EnvironmentsSnapshot;
  readonly history: RewardHistory;
  readonly alarms: Alarms;
  readonly level: Level;
  readonly episodeSteps: number;
  /** Short spec names by circuit. */
  readonly names: readonly (readonly string[])[];
  /** Full sizes of devices, by circuit. */
  readonly scales: readonly Scale[];
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
function drawCell({ batch, palette, environments, level, alarms }: TileContext, e: number, info: CircuitInfo, box: Box): void {
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
    const alarm = alarms.of(e);
    const known = broken || met ? STATE_ICONS[broken ? state : EnvironmentState.met] : null;
    const icon = alarm !== 'none' ? ALARM_ICONS[alarm] : known;
    if (icon !== null && width >= 9) {
      const color = broken ? palette.state[state] : palette.packed[met ? 'ink' : 'text'];
      batch.icon(x + width / 2, y + height / 2, icon, color, Math.min(10, height));
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
  const alarm = alarms.of(e);
  if (alarm !== 'none') batch.icon(x + width - 6, y + 6, ALARM_ICONS[alarm], palette.packed.failed, 9);
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
  const x = box.x + CARD_GAP;
  const y = box.y + CARD_GAP;
  const width = box.width - 2 * CARD_GAP;
  const height = box.height - 2 * CARD_GAP;
  const full = level === 'full';
  const pad = CARD_PAD[full ? 'full' : 'compact'];
  batch.rect(x, y, width, height, colors.line, 5);
  batch.rect(x + 1, y + 1, width - 2, height - 2, colors.tile, 4);

  const baseline = y + pad + 9;
  batch.icon(x + pad + 5, baseline - 4, STATE_ICONS[state], palette.state[state]);
  const numberWidth = batch.text(x + pad + 15, baseline, String(e), 'strong', colors.text);
  const badge = drawBadge(context, e, x + pad + 21 + numberWidth, y + pad - 2);
  const step = `${environments.episodeStep[e]}/${context.episodeSteps}`;
  const right = x + width - pad;
  batch.text(right, baseline, step, 'small', colors.dim, 'right');
  if (full) {
    const start = x + pad + 40 + badge;
    drawReward(context, e, { x: start, y: y + pad - 2, width: right - STEP_WIDTH - start, height: 13 });
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

  const { top, bottom, pitch, sizing } = cardRows(box.height, level, info.specs.length);
  drawSpecs(context, e, info, {
    x: x + pad,
    y: box.y + top,
    width: width - pad * 2,
    height: pitch * info.specs.length,
  });
  if (sizing > 0) {
    const place = { x: x + pad, y: box.y + bottom - sizing, width: width - pad * 2, height: sizing };
    drawSizing(batch, palette, environments, e, info, context.scales[info.index], place);
  }
}

/** What is wrong, as a shape and in words. @returns the width that it takes, 0 where nothing is wrong */
function drawBadge({ batch, palette, alarms, level }: TileContext, e: number, x: number, y: number): number {
  const alarm = alarms.of(e);
  if (alarm === 'none') return 0;
  const { failed, tile } = palette.packed;
  const label = alarms.label(e);
  if (level !== 'full') {
    // The state beside it says already what is wrong, unless it is something else or has been so for longer.
    const again = /×\d+$/.exec(label)?.[0];
    if (again !== undefined) return batch.text(x, y + 11, again, 'small', failed);
    if (alarm !== 'failed' && alarm !== 'invalid') batch.icon(x + 5, y + 7, ALARM_ICONS[alarm], failed, 9);
    return 0;
  }
  const width = batch.measure(label, 'small') + 22;
  batch.rect(x, y, width, 14, failed, 7);
  batch.rect(x + 1, y + 1, width - 2, 12, tile, 6);
  batch.icon(x + 9, y + 7, ALARM_ICONS[alarm], failed, 8);
  batch.text(x + 16, y + 11, label, 'small', failed);
  return width;
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
      Math.max(1, pitch),
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
  const legible = pitch >= LEGIBLE;
  const font = full && pitch >= ROOMY ? 'label' : 'small';
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
    if (legible) batch.text(box.x, middle + 4, names[info.index][s], font, colors.dim, 'left', nameWidth - 4);
    if (says) continue;
    batch.rect(left, middle - thickness / 2, track, thickness, colors.track, 1);
    const place = barPosition(distance);
    const reach = place < 0 ? zero - left : left + track - zero;
    if (usable && !Number.isNaN(environments.measures[offset + s])) {
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
        font,
        holds ? colors.text : usable ? colors.miss : colors.dim,
        'right',
        valueWidth - 4,
      );
    }
  }
}
