import type { LaunchOf, View } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { type Chunks, chunksOf } from '../segments';
import { shaders } from '../shaders';
import { joinParts } from './reduce';

/** Elements [rows, channels] of a tile; with these the shaders stay below 32 KiB of workgroup memory. */
const TILE_ELEMENTS = 512;
/** Chunks are no shorter than this: what they add is one more pass over their rows. */
const SHORTEST_CHUNK = 64;

interface ScanShape {
  readonly rows: number;
  readonly columns: number;
  readonly states: number;
  readonly groups: number;
  /** Forward: threads of a channel, four states each, and channels of a workgroup of 128. */
  readonly shares: number;
  readonly forwardChannels: number;
  /** Backward: states of a thread, and channels of a workgroup. */
  readonly per: number;
  readonly channels: number;
  /** Rows of a tile. */
  readonly tile: number;
}

type ScanLaunch = LaunchOf<'selective-scan'> | LaunchOf<'selective-scan-backward'>;

function shapeOf(launch: ScanLaunch): ScanShape {
  const u = launch.inputs[0]!;
  const states = launch.inputs[2]!.columns;
  // Two states a thread; the threads of a channel are a power of two, at most 32 (the shaders' limit is 64 states).
  const per = states > 1 ? Math.max(2, states / 32) : 1;
  let threads = 2;
  while (threads * per < states) threads *= 2;
  const channels = 256 / threads;
  const tile = Math.min(16, TILE_ELEMENTS / channels);
  let shares = 1;
  while (4 * shares < states) shares *= 2;
  return {
    rows: u.rows,
    columns: u.columns,
    states,
    groups: launch.attributes.groups,
    shares,
    forwardChannels: 128 / shares,
    per,
    channels,
    tile,
  };
}

/**
 * Chunks of a scan. Whole segments where they give the device enough workgroups; else segments are cut, at the price of
 * another pass that finds the state at every cut.
 */
function chunksFor(launch: ScanLaunch, shape: ScanShape, context: Lowering): Chunks {
  const segments = launch.index[0]!;
  const blocks = blocksOf(shape.columns, shape.channels);
  const wanted = Math.ceil(context.parallel / blocks);
  const length = Math.max(SHORTEST_CHUNK, Math.ceil(shape.rows / wanted / 16) * 16);
  // Near enough is good enough: not a second pass for a fifth more workgroups.
  return chunksOf(context, segments, segments.length - 1 >= 0.8 * wanted ? shape.rows : length, shape.rows, shape.groups);
}

export function lowerScan(launch: LaunchOf<'selective-scan'>, context: Lowering): KernelCall[] {
  const shape = shapeOf(launch);
  const [u, delta, aLog, b, c, d, z] = launch.inputs;
  const chunks = chunksFor(launch, shape, context);
  const before = chunks.cut ? enteringStates(launch, shape, chunks, context, u!, b!, null, false) : null;
  return [
    ...(before?.calls ?? []),
    scanCall(launch, shape, chunks, 0, [
      ...[u!, delta!, aLog!, b!, c!, d!, z ?? null, before?.states ?? null],
      ...[launch.outputs[0]!, null, null],
    ]),
  ];
}

function scanCall(
  launch: ScanLaunch,
  shape: ScanShape,
  chunks: Chunks,
  mode: 0 | 1 | 2,
  operands: readonly (View | null)[],
): KernelCall {
  const { columns, rows, groups, states, shares, forwardChannels } = shape;
  return {
    shader: shaders['selective-scan'],
    operands,
    indices: [chunks.starts],
    uniforms: { columns, group_rows: rows / groups },
    constants: { N: states, SHARES: shares, TILE: Math.min(16, TILE_ELEMENTS / forwardChannels), MODE: mode },
    workgroups: chunks.count * blocksOf(columns, forwardChannels),
    label: launch.label,
  };
}

/** What enters each chunk: states h from the rows before it, or (reverse) adjoints λ from the rows after it. */
function enteringStates(
  launch: ScanLaunch,
  shape: ScanShape,
  chunks: Chunks,
  context: Lowering,
  x: View,
  b: View,
  z: View | null,
  reverse: boolean,
): { states: View; calls: KernelCall[] } {
  const { columns, states: n } = shape;
  const [delta, aLog] = [launch.inputs[1]!, launch.inputs[2]!];
  const states = context.scratch(chunks.count, columns * n);
  const total = context.scratch(chunks.count, columns);
  const operands = [x, delta, aLog, b, null, null, z, null, null, states, total];
  return {
    states,
    calls: [
      scanCall(launch, shape, chunks, reverse ? 2 : 1, operands),
      {
        shader: shaders['selective-scan-carry'],
        operands: [aLog, total, states],
        indices: [chunks.starts, chunks.ofSegment],
        uniforms: { columns, group_rows: shape.rows / shape.groups },
        constants: { N: n, REVERSE: reverse ? 1 : 0 },
        workgroups: (chunks.ofSegment.length - 1) * blocksOf(columns * n, 64),
        label: launch.label,
      },
    ],
  };
}

export function lowerScanBackward(launch: LaunchOf<'selective-scan-backward'>, context: Lowering): KernelCall[] {
  const shape = shapeOf(launch);
  const { rows, columns, states: n, groups, per, channels, tile } = shape;
  const [u, delta, aLog, b, c, d, z, dy] = launch.inputs;
  const [du, ddelta, daLog, db, dc, dd, dz] = launch.outputs;
  const chunks = chunksFor(launch, shape, context);
  const before = chunks.cut ? enteringStates(launch, shape, chunks, context, u!, b!, null, false) : null;
  const after = chunks.cut ? enteringStates(launch, shape, chunks, context, dy!, c!, z ?? null, true) : null;
  const starts = chunks.values;
  const firstTile = [0];
  for (let k = 0; k < chunks.count; k++) firstTile.push(firstTile[k]! + Math.ceil((starts[k + 1]! - starts[k]!) / tile));
  const tiles = context.table(`tiles:${chunks.key}:${tile}`, () => firstTile);
  const blocks = blocksOf(columns, channels);
  const kept = context.scratch(firstTile[chunks.count]!, columns * n);
  const bParts = context.scratch(blocks, rows * n);
  const cParts = context.scratch(blocks, rows * n);
  const aParts = context.scratch(chunks.count, columns * n);
  const dParts = context.scratch(chunks.count, columns);
  const { label } = launch;
  const calls: KernelCall[] = [
    ...(before?.calls ?? []),
    ...(after?.calls ?? []),
    {
      shader: shaders['selective-scan-backward'],
      operands: [
        ...[u!, delta!, aLog!, b!, c!, d!, z ?? null, dy!, before?.states ?? null, after?.states ?? null],
        ...[du ?? null, ddelta ?? null, dz ?? null, kept, bParts, cParts, aParts, dParts],
      ],
      indices: [chunks.starts, tiles],
      uniforms: { rows, columns, group_rows: rows / groups },
      constants: { N: n, PER: per, CHANNELS: channels, TILE: tile },
      workgroups: chunks.count * blocks,
      label,
    },
  ];
  if (db) calls.push(joinParts(context, { parts: bParts, output: db, label }));
  if (dc) calls.push(joinParts(context, { parts: cParts, output: dc, label }));
  const byGroup = { starts: chunks.ofGroup, groups, label };
  if (daLog) calls.push(joinParts(context, { parts: aParts, output: daLog, ...byGroup }));
  if (dd) calls.push(joinParts(context, { parts: dParts, output: dd, ...byGroup }));
  return calls;
}
