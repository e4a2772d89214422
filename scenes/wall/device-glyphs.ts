/**
 * A sizing as devices, drawn to scale: the gate of a transistor is as long as its width is large, plates of a capacitor as
 * wide as its capacitance, and so on, each against the same full size in all tiles of a circuit. What has no shape of its
 * own (multipliers, lengths) is a bar at its place in its range.
 */
import type { ParameterDefinition, ParameterKind } from '../../engine/api/circuit';
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { EnvironmentsSnapshot } from '../../engine/api/snapshot';
import { positionInRange } from '../format/distance';
import type { QuadBatch } from '../graphics/quad-batch';
import type { Palette } from '../theme/palette';
import { withAlpha } from '../theme/palette';
import type { Box } from './draw-tile';

const SHAPED: readonly ParameterKind[] = ['width', 'capacitance', 'resistance', 'current'];

/** Full size by kind: a round number at or above the largest value of any tile. */
export type Scale = Readonly<Partial<Record<ParameterKind, number>>>;

/** The full sizes of a circuit, so that its tiles can be compared. @param members its environments */
export function scaleOf(info: CircuitInfo, environments: EnvironmentsSnapshot, members: readonly number[]): Scale {
  const largest: Partial<Record<ParameterKind, number>> = {};
  for (const e of members) {
    const offset = environments.parameterOffset[e];
    info.parameters.forEach(({ kind }, p) => {
      const value = environments.parameters[offset + p];
      if (SHAPED.includes(kind) && value > (largest[kind] ?? 0)) largest[kind] = value;
    });
  }
  for (const kind of SHAPED) {
    const value = largest[kind];
    if (value !== undefined) largest[kind] = roundUp(value);
  }
  return largest;
}

/** Coarse enough that the full size seldom changes, fine enough that the largest glyph fills most of its room. */
const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return (ROUND.find((step) => step * power >= value * (1 - 1e-9)) ?? 10) * power;
}

export function drawSizing(
  batch: QuadBatch,
  palette: Palette,
  environments: EnvironmentsSnapshot,
  e: number,
  info: CircuitInfo,
  scale: Scale,
  box: Box,
): void {
  const colors = palette.packed;
  const count = info.parameters.length;
  const pitch = box.width / count;
  const named = pitch >= 20 && box.height >= 28;
  const offset = environments.parameterOffset[e];
  const height = box.height - (named ? 13 : 0);
  batch.rect(box.x, box.y + height, box.width, 1, colors.line);
  for (let p = 0; p < count; p++) {
    const definition = info.parameters[p];
    const value = environments.parameters[offset + p];
    const full = scale[definition.kind];
    const share =
      full === undefined ? positionInRange(value, definition.minimum, definition.maximum, definition.scale) : value / full;
    const center = Math.round(box.x + pitch * (p + 0.5));
    const glyph = { x: center, bottom: box.y + height, room: height, share, size: Math.min(1, pitch / 22) };
    if (definition.kind === 'width') drawTransistor(batch, palette, definition, glyph);
    else if (definition.kind === 'capacitance') drawCapacitor(batch, colors.passive, pitch, glyph);
    else drawBar(batch, definition.kind === 'resistance' ? colors.passive : colors.idle, colors.track, glyph);
    if (named) batch.text(center, box.y + box.height - 1, definition.name, 'small', colors.dim, 'center', pitch - 2);
  }
}

interface Glyph {
  readonly x: number;
  /** Where it stands, and how high it may be. */
  readonly bottom: number;
  readonly room: number;
  /** Of the full size, 0 … 1. */
  readonly share: number;
  /** 1: as large as it gets across. */
  readonly size: number;
}

/** Gate to the left, channel in the middle, drain and source to the right; a circle at the gate of a p-channel device. */
function drawTransistor(batch: QuadBatch, palette: Palette, { polarity }: ParameterDefinition, glyph: Glyph): void {
  const { x, bottom, room, share, size } = glyph;
  const color = polarity === 'p' ? palette.packed.deviceP : palette.packed.deviceN;
  const long = Math.max(2, share * room);
  const top = bottom - long;
  const middle = top + long / 2;
  batch.rect(x - 1, top, 3.5, long, color);
  batch.rect(x - 4.5, top, 1.5, long, color);
  const lead = 6 * size;
  if (polarity === 'p') {
    batch.icon(x - 4.5 - lead / 2, middle, 'ring', color, Math.max(5, lead));
  } else batch.rect(x - 4.5 - lead, middle - 0.5, lead, 1, withAlpha(color, 0.8));
  // Drain and source; of a narrow device they are one.
  batch.rect(x + 2.5, top, lead, 1.5, color);
  if (long > 4) batch.rect(x + 2.5, bottom - 1.5, lead, 1.5, color);
}

/** Two plates as wide as the capacitance, between leads. */
function drawCapacitor(batch: QuadBatch, color: number, pitch: number, { x, bottom, room, share }: Glyph): void {
  const wide = Math.max(3, share * (pitch - 4));
  const middle = bottom - room / 2;
  batch.rect(x - wide / 2, middle - 3.5, wide, 2, color);
  batch.rect(x - wide / 2, middle + 1.5, wide, 2, color);
  batch.rect(x - 0.5, bottom - room * 0.9, 1, room * 0.4 - 3.5, withAlpha(color, 0.7));
  batch.rect(x - 0.5, middle + 3.5, 1, room * 0.4 - 3.5, withAlpha(color, 0.7));
}

function drawBar(batch: QuadBatch, color: number, track: number, { x, bottom, room, share, size }: Glyph): void {
  const wide = Math.max(3, 9 * size);
  const long = Math.max(2, Math.min(1, share) * room);
  batch.rect(x - wide / 2, bottom - room, wide, room, track, 1);
  batch.rect(x - wide / 2, bottom - long, wide, long, color, 1);
}
