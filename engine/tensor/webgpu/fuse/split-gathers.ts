import { blocksOf, type KernelCall } from '../dispatch';
import type { WideArena } from './tensors';

/**
 * A gather whose result is only read piece by piece (rows of parameters, of specs, …) becomes one gather for each piece: a piece
 * keeps to the parts of its rows where the whole does not. Pieces that nobody reads are left out.
 */
export function splitGathers(calls: readonly KernelCall[], arena: WideArena): KernelCall[] {
  const read = new Map<number, { from: number; to: number }[]>();
  for (const { shader, operands } of calls) {
    operands.forEach((view, i) => {
      if (view?.space !== 'arena' || shader.operands[i]!.access === 'out') return;
      const tensor = arena.at(view.offset);
      const end = view.offset + (view.rows - 1) * view.stride + view.columns;
      read.set(tensor, [...(read.get(tensor) ?? []), { from: view.offset, to: end }]);
    });
  }
  return calls.flatMap((call) => {
    const result = call.operands.at(-1);
    if (!call.byRows?.gather || result?.space !== 'arena') return [call];
    const tensor = arena.at(result.offset);
    if (arena.tensors[tensor]!.kept) return [call];
    const readers = read.get(tensor) ?? [];
    const rowsOf = ({ from, to }: { from: number; to: number }) =>
      [(from - result.offset) / result.stride, Math.ceil((to - result.offset) / result.stride)] as const;
    const pieces = readers.map(rowsOf);
    if (!pieces.every(([from, to]) => Number.isInteger(from) && from >= 0 && to <= result.rows)) return [call];
    const cuts = [...new Set([0, ...pieces.flat(), result.rows])].sort((a, b) => a - b);
    if (cuts.length === 2) return [call];
    return cuts.slice(1).flatMap((to, i) => {
      const from = cuts[i]!;
      return pieces.some(([a, b]) => a < to && from < b) ? [rowsFrom(call, from, to - from)] : [];
    });
  });
}

/** Some rows of a gather. */
function rowsFrom(call: KernelCall, first: number, rows: number): KernelCall {
  const result = call.operands.at(-1)!;
  const { indices, starts } = call.byRows!.gather!;
  return {
    ...call,
    operands: [...call.operands.slice(0, -1), { ...result, offset: result.offset + first * result.stride, rows }],
    indices: call.indices.map((list, i) => {
      // With starts, indices stay whole; of triples each row has three.
      const each = call.shader.name === 'gather-elements' ? 3 : 1;
      if (starts) return i === 0 ? list : { offset: list.offset + first, length: rows + 1 };
      return { offset: list.offset + each * first, length: each * rows };
    }),
    uniforms: { ...call.uniforms, rows },
    workgroups: blocksOf(rows * result.columns),
    byRows: {
      ...call.byRows!,
      rows,
      gather: starts
        ? { indices, starts: starts.subarray(first, first + rows + 1) }
        : { indices: indices.subarray(first, first + rows), starts },
    },
  };
}
