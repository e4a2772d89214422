import type { IndexView, LaunchOf, View } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { type Chunks, chunksOf } from '../segments';
import { shaders } from '../shaders';
import { joinParts } from './reduce';

/** Chunks are no shorter than this: what they add is one more pass over their rows. */
const SHORTEST_CHUNK = 64;
/** Channels of a workgroup: forward and passes; backward. */
const FORWARD_CHANNELS = 16;
const CHANNELS = 32;
/** Rows between the states that are kept for the way back. */
const TILE = 8;

type ScanLaunch = LaunchOf<'selective-scan'> | LaunchOf<'selective-scan-backward'>;

/** A scan, cut into chunks of rows. */
interface CutScan {
  readonly launch: ScanLaunch;
  readonly chunks: Chunks;
  /** First tile of each chunk, and how many there are. */
  readonly tiles: IndexView;
  readonly tileCount: number;
  readonly rows: number;
  readonly columns: number;
  readonly states: number;
  readonly groups: number;
  readonly per4: number;
}

/**
 * Chunks of a scan. Whole segments where they give the device enough workgroups; else segments are cut, at the price of
 * another pass that finds the state at every cut.
 */
function cut(launch: ScanLaunch, context: Lowering): CutScan {
  const { rows, columns } = launch.inputs[0]!;
  const states = launch.inputs[2]!.columns;
  const { groups } = launch.attributes;
  const segments = launch.index[0]!;
  const wanted = Math.ceil(context.parallel / blocksOf(columns, CHANNELS));
  const length = Math.max(SHORTEST_CHUNK, Math.ceil(rows / wanted / 16) * 16);
  // Near enough is good enough: not a second pass for a fifth more workgroups.
  const chunks = chunksOf(context, segments, segments.length - 1 >= 0.8 * wanted ? rows : length, rows, groups);
  const firstTile = [0];
  const starts = chunks.values;
  for (let k = 0; k < chunks.count; k++) firstTile.push(firstTile[k]! + Math.ceil((starts[k + 1]! - starts[k]!) / TILE));
  const tiles = context.table(`tiles:${chunks.key}`, () => firstTile);
  const tileCount = firstTile[chunks.count]!;
  return { launch, chunks, tiles, tileCount, rows, columns, states, groups, per4: Math.ceil(states / 16) };
}

export function lowerScan(launch: LaunchOf<'selective-scan'>, context: Lowering): KernelCall[] {
  const scan = cut(launch, context);
  const [u, delta, aLog, b, c, d, z] = launch.inputs;
  const kept = context.kept(launch, () => keptStates(scan, (rows, columns) => context.scratch(rows, columns, true)));
  const before = scan.chunks.cut ? pass(scan, context, 1, u!, b!, null, null) : null;
  const operands = [u!, delta!, aLog!, b!, c!, d!, z ?? null, before?.states ?? null, launch.outputs[0]!];
  return [...(before?.calls ?? []), scanCall(scan, 0, [...operands, null, null, kept, null])];
}

/** Scratch for the states before each tile. */
function keptStates({ tileCount, per4, columns }: CutScan, scratch: Lowering['scratch']): View {
  return scratch(tileCount, 16 * per4 * columns);
}

function scanCall(scan: CutScan, mode: 0 | 1 | 2, operands: readonly (View | null)[]): KernelCall {
  const { chunks, tiles, columns, rows, groups, states, per4, launch } = scan;
  // Rows of a tile: B and C of two tiles lie in workgroup memory, 8 KiB up to 16 states; 4 KiB for each 16 of more.
  const tile = per4 === 1 ? 32 : 16;
  return {
    shader: shaders['selective-scan'],
    operands,
    indices: [chunks.starts, tiles],
    uniforms: { columns, group_rows: rows / groups },
    constants: { N: states, PER4: per4, MODE: mode, TILE4: tile / 4, TILE8: tile / 8, STAGED: (per4 * tile) / 4 },
    workgroups: chunks.count * blocksOf(columns, FORWARD_CHANNELS),
    label: launch.label,
  };
}

/**
 * What enters each chunk: states h from the rows before it, or (mode 2) adjoints λ from the rows after it.
 *
 * @param kept where states before each tile go, as they are when nothing enters the chunk, and its steps until there
 */
function pass(
  scan: CutScan,
  context: Lowering,
  mode: 1 | 2,
  x: View,
  b: View,
  z: View | null,
  kept: { readonly states: View; readonly spent: View } | null,
): { states: View; calls: KernelCall[] } {
  const { launch, chunks, columns, states: n, rows, groups } = scan;
  const [delta, aLog] = [launch.inputs[1]!, launch.inputs[2]!];
  const states = context.scratch(chunks.count, columns * n);
  const total = context.scratch(chunks.count, columns);
  const operands = [x, delta, aLog, b, null, null, z, null, null, states, total, kept?.states ?? null, kept?.spent ?? null];
  const calls = [scanCall(scan, mode, operands)];
  if (chunks.cut) {
    calls.push({
      shader: shaders['selective-scan-carry'],
      operands: [aLog, total, states],
      indices: [chunks.starts, chunks.ofSegment],
      uniforms: { columns, group_rows: rows / groups },
      constants: { N: n, REVERSE: mode === 2 ? 1 : 0 },
      workgroups: (chunks.ofSegment.length - 1) * blocksOf(columns * n, 64),
      label: launch.label,
    });
  }
  return { states, calls };
}

export function lowerScanBackward(launch: LaunchOf<'selective-scan-backward'>, context: Lowering): KernelCall[] {
  const scan = cut(launch, context);
  const { rows, columns, states: n, groups, chunks, tiles, tileCount, per4 } = scan;
  const [u, delta, aLog, b, c, d, z, dy] = launch.inputs;
  const [du, ddelta, daLog, db, dc, dd, dz] = launch.outputs;
  // The forward pass has kept the states on its way; else they are made here, as they are when nothing enters a chunk.
  const known = context.kept(launch, null);
  const made = known ? null : { states: keptStates(scan, context.scratch), spent: context.scratch(tileCount, columns) };
  const before = made && pass(scan, context, 1, u!, b!, null, made);
  const enters = chunks.cut ? before : null;
  const after = chunks.cut ? pass(scan, context, 2, dy!, c!, z ?? null, null) : null;
  const blocks = blocksOf(columns, CHANNELS);
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
        ...[u!, delta!, aLog!, b!, c!, d!, z ?? null, dy!, known ?? made!.states, enters && made!.spent],
        ...[enters?.states ?? null, after?.states ?? null],
        ...[du ?? null, ddelta ?? null, dz ?? null, bParts, cParts, aParts, dParts],
      ],
      indices: [chunks.starts, tiles],
      uniforms: { rows, columns, group_rows: rows / groups },
      constants: { N: n, PER4: per4 },
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
