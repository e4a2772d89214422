import type { View } from '../../plan';
import type { KernelCall, Lowering } from '../dispatch';
import { joinParts } from '../kernels/reduce';
import { shaders } from '../shaders';
import { dealingFor, type MambaBlock } from './block';
import { PACKED } from './pack-weights';

/** Views of which a bit of `stores` says that they are written. */
const STORED = {
  forward: ['tokens', 'projected', 'u', 'selection', 'delta', 'y'],
  backward: ['dy_ordered', 'dprojected', 'dselection', 'ddelta', 'da_part', 'p'],
} as const;

/** The kernels of a block whose weights lie packed at `offset`: the block, then sums over segments. */
export function lowerBlock(block: MambaBlock, offset: number, length: number, memory: number, context: Lowering): KernelCall[] {
  const { direction, scan, shape, views } = block;
  const segments = scan.index[0]!;
  const count = segments.length - 1;
  const weights: View = { space: 'variable', group: PACKED, offset, rows: 1, columns: length, stride: length };
  const parts = new Map(block.sums.map(({ part, columns }) => [part, context.scratch(count, columns)]));
  const { inner, states, taps } = shape;
  // The kernel writes all sums or none.
  if (parts.size > 0) {
    const columns = { da_part: inner * states, dd_part: inner, dweight_part: inner * taps, dbias_part: inner };
    for (const [part, n] of Object.entries(columns)) if (!parts.has(part)) parts.set(part, context.scratch(count, n));
  }
  // What is not stored has a place all the same: blocks that store this or that share one pipeline.
  const nowhere = context.scratch(1, 1);
  // Where the gate, or its gradient, waits.
  const waiting = direction === 'forward' ? 'projected' : 'dprojected';
  const place = views[waiting] ? null : context.scratch(views.x!.rows, 2 * inner);
  const shader = shaders[direction === 'forward' ? 'mamba-block' : 'mamba-block-backward'];
  const anywhere = views.x!;
  const rows = anywhere.rows / shape.groups;
  const present = (name: string) => (views[name] ?? parts.get(name) ?? null) !== null;
  const stores = STORED[direction].reduce((bits, name, bit) => (present(name) ? bits | (1 << bit) : bits), 0);
  const calls: KernelCall[] = [
    {
      shader,
      operands: shader.operands.map(({ name }) =>
        name === 'weights' ? weights : (views[name] ?? parts.get(name) ?? (name === waiting ? place : null) ?? nowhere),
      ),
      indices: [segments],
      uniforms: {
        group_rows: rows,
        reversed: shape.reversed ? 1 : 0,
        ...(direction === 'backward' ? { residual: block.residual ? 1 : 0 } : {}),
        stores,
        eps: shape.eps,
      },
      constants: {
        W: shape.width,
        D: inner,
        N: states,
        RANK: shape.rank,
        TAPS: taps,
        QUADS: shape.quads,
        ...dealingFor(direction, shape, memory)!,
      },
      workgroups: count,
      label: direction === 'forward' ? 'mamba block' : 'mamba block backward',
      byRows: {
        rows: views.x!.rows,
        operands: shader.operands.map(({ name }) => (views[name] ? 'rows' : null)),
        segments: Array.from(context.values(segments)),
      },
    },
  ];
  const { groups } = shape;
  const ofGroup = segmentsOfGroups(block, context);
  for (const { part, output } of block.sums)
    calls.push(joinParts(context, { parts: parts.get(part)!, output, starts: ofGroup, groups, label: 'mamba block sums' }));
  return calls;
}

/** The first segment of each group, one more at the end. */
function segmentsOfGroups({ scan, shape, views }: MambaBlock, context: Lowering) {
  const view = scan.index[0]!;
  const segments = context.values(view);
  const rows = views.x!.rows / shape.groups;
  return context.table(`segments-of-groups:${view.offset}:${view.length}:${shape.groups}`, () =>
    Array.from({ length: shape.groups + 1 }, (_, g) => segments.indexOf(g * rows)),
  );
}
