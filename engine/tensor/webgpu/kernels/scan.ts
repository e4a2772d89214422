import type { LaunchOf, View } from '../../plan';
import { blocksOf, type KernelCall, type Lowering } from '../dispatch';
import { type Chunks, chunksOf } from '../segments';
import { shaders } from '../shaders';
import { joinParts } from './reduce';

/** Rows of a chunk, forward. Segments up to this length need one dispatch. */
const FORWARD_CHUNK = 64;
/** Rows of a chunk, backward: its states are kept in private memory. */
const BACKWARD_CHUNK = 16;

interface ScanShape {
  readonly rows: number;
  readonly columns: number;
  readonly states: number;
  readonly groups: number;
}

function shapeOf(launch: LaunchOf<'selective-scan'> | LaunchOf<'selective-scan-backward'>): ScanShape {
  const u = launch.inputs[0]!;
  return { rows: u.rows, columns: u.columns, states: launch.inputs[2]!.columns, groups: launch.attributes.groups };
}

export function lowerScan(launch: LaunchOf<'selective-scan'>, context: Lowering): KernelCall[] {
  const shape = shapeOf(launch);
  const [u, delta, aLog, b, c, d, z] = launch.inputs;
  const chunks = chunksOf(context, launch.index[0]!, FORWARD_CHUNK, shape.rows, shape.groups);
  const before = chunks.cut ? enteringStates(launch, shape, chunks, context, u!, b!, null, false) : null;
  return [
    ...(before?.dispatches ?? []),
    {
      shader: shaders['selective-scan'],
      operands: [u!, delta!, aLog!, b!, c!, d!, z ?? null, before?.states ?? null, launch.outputs[0]!],
      indices: [chunks.starts],
      uniforms: { columns: shape.columns, group_rows: shape.rows / shape.groups },
      constants: { N: shape.states },
      workgroups: chunks.count * blocksOf(shape.columns, 64),
      label: launch.label,
    },
  ];
}

/** What enters each chunk: states h from the rows before it, or (reverse) adjoints λ from the rows after it. */
function enteringStates(
  launch: LaunchOf<'selective-scan'> | LaunchOf<'selective-scan-backward'>,
  shape: ScanShape,
  chunks: Chunks,
  context: Lowering,
  x: View,
  b: View,
  z: View | null,
  reverse: boolean,
): { states: View; dispatches: KernelCall[] } {
  const { columns, states: n } = shape;
  const [delta, aLog] = [launch.inputs[1]!, launch.inputs[2]!];
  const states = context.scratch(chunks.count, columns * n);
  const total = context.scratch(chunks.count, columns);
  const shared = {
    uniforms: { columns, group_rows: shape.rows / shape.groups },
    constants: { N: n, REVERSE: reverse ? 1 : 0 },
    label: launch.label,
  };
  return {
    states,
    dispatches: [
      {
        shader: shaders['selective-scan-chunk'],
        operands: [x, delta, aLog, b, z, states, total],
        indices: [chunks.starts],
        workgroups: chunks.count * blocksOf(columns, 64),
        ...shared,
      },
      {
        shader: shaders['selective-scan-carry'],
        operands: [aLog, total, states],
        indices: [chunks.starts, chunks.ofSegment],
        workgroups: (chunks.ofSegment.length - 1) * blocksOf(columns * n, 64),
        ...shared,
      },
    ],
  };
}

export function lowerScanBackward(launch: LaunchOf<'selective-scan-backward'>, context: Lowering): KernelCall[] {
  const shape = shapeOf(launch);
  const { rows, columns, states: n, groups } = shape;
  const [u, delta, aLog, b, c, d, z, dy] = launch.inputs;
  const [du, ddelta, daLog, db, dc, dd, dz] = launch.outputs;
  const chunks = chunksOf(context, launch.index[0]!, BACKWARD_CHUNK, rows, groups);
  const before = chunks.cut ? enteringStates(launch, shape, chunks, context, u!, b!, null, false) : null;
  const after = chunks.cut ? enteringStates(launch, shape, chunks, context, dy!, c!, z ?? null, true) : null;
  const channels = n > 32 ? 32 : 64;
  const blocks = blocksOf(columns, channels);
  const bParts = context.scratch(blocks, rows * n);
  const cParts = context.scratch(blocks, rows * n);
  const aParts = context.scratch(chunks.count, columns * n);
  const dParts = context.scratch(chunks.count, columns);
  const { label } = launch;
  const dispatches: KernelCall[] = [
    ...(before?.dispatches ?? []),
    ...(after?.dispatches ?? []),
    {
      shader: shaders['selective-scan-backward'],
      operands: [
        ...[u!, delta!, aLog!, b!, c!, d!, z ?? null, dy!, before?.states ?? null, after?.states ?? null],
        ...[du ?? null, ddelta ?? null, dz ?? null, bParts, cParts, aParts, dParts],
      ],
      indices: [chunks.starts],
      uniforms: { rows, columns, group_rows: rows / groups },
      constants: { N: n, LENGTH: BACKWARD_CHUNK, CHANNELS: channels },
      workgroups: chunks.count * blocks,
      label,
    },
  ];
  if (db) dispatches.push(joinParts(context, { parts: bParts, output: db, label }));
  if (dc) dispatches.push(joinParts(context, { parts: cParts, output: dc, label }));
  const byGroup = { starts: chunks.ofGroup, groups, label };
  if (daLog) dispatches.push(joinParts(context, { parts: aParts, output: daLog, ...byGroup }));
  if (dd) dispatches.push(joinParts(context, { parts: dParts, output: dd, ...byGroup }));
  return dispatches;
}
