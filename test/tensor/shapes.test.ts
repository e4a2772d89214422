import { describe, expect, test } from 'vitest';
import * as t from '../../engine/tensor';

function graphWith() {
  const graph = new t.Graph('shapes');
  let next = 0;
  return { graph, x: (rows: number, columns: number) => graph.input(`x${next++}`, rows, columns) };
}

describe('wrong shapes are errors while the graph is built', () => {
  const { graph, x } = graphWith();
  const starts = (...list: number[]) => Int32Array.from(list);
  const scan = (change: Partial<t.ScanOperands> = {}, groups = 1) =>
    t.selectiveScan(
      { u: x(4, 3), delta: x(4, 3), aLog: x(3, 2), b: x(4, 2), c: x(4, 2), d: x(1, 3), ...change },
      starts(0, 4),
      groups,
    );
  test.each<[expected: string, build: () => unknown]>([
    ['add: got a [2, 3], b [3, 2]; expected operands of one shape', () => t.add(x(2, 3), x(3, 2))],
    ['select: got condition [2, 2], a 1, b [3, 3]', () => t.select(x(2, 2), 1, x(3, 3))],
    ['linear: got x [4, 3], w [5, 2], groups 1; expected w [groups·N, K]', () => t.linear(x(4, 3), x(5, 2), null)],
    ['linear: got w [5, 3], bias [1, 4], groups 1; expected bias [1, 5]', () => t.linear(x(4, 3), x(5, 3), x(1, 4))],
    ['linear: got x [4, 3], groups 3; expected a whole number of groups', () => t.linear(x(4, 3), x(6, 3), null, { groups: 3 })],
    ['matmul nn: got a [2, 3], b [2, 3], groups 1; expected b [3, n]', () => t.matmul(x(2, 3), x(2, 3))],
    ['matmul tn: got a [2, 3], b [3, 3], groups 1; expected b [2, n]', () => t.matmul(x(2, 3), x(3, 3), 'tn')],
    ['columnSum: got x [3, 2], groups 2', () => t.columnSum(x(3, 2), 2)],
    ['reshape: got x [3, 2], rows 4, columns 2; expected rows · columns to be 6', () => t.reshape(x(3, 2), 4, 2)],
    ['sliceColumns: got x [3, 2], from 1, to 3; expected a range', () => t.sliceColumns(x(3, 2), 1, 3)],
    ['sliceRows: got x [3, 2], from 2, to 2; expected a range', () => t.sliceRows(x(3, 2), 2, 2)],
    [
      'concatColumns: got 0 [3, 2], 1 [2, 2]; expected tensors with the same number of rows',
      () => t.concatColumns(x(3, 2), x(2, 2)),
    ],
    [
      'concatRows: got 0 [3, 2], 1 [3, 1]; expected tensors with the same number of columns',
      () => t.concatRows(x(3, 2), x(3, 1)),
    ],
    ['gatherRows: index 3 is outside x [3, 2]; expected 0 to 2', () => t.gatherRows(x(3, 2), starts(0, 3))],
    ['segmentSum: segments must be S + 1 row numbers from 0 to 3', () => t.segmentSum(x(3, 2), starts(0, 2))],
    ['segmentSum: segment 1 ends before it starts (2 to 1)', () => t.segmentSum(x(3, 2), starts(0, 2, 1, 3))],
    ['gatherElements: triple 0 reads sequence 2; expected 0 to 1', () => t.gatherElements(x(9, 1), x(2, 1), starts(0, 1, 2))],
    ['causalConv: got x [4, 3], weight [2, 4], bias [1, 3]', () => t.causalConv(x(4, 3), x(2, 4), x(1, 3), starts(0, 4))],
    ['selectiveScan: got u [4, 3]', () => scan({ b: x(4, 3) })],
    ['selectiveScan: a segment crosses row 2, where member 1 of 2 starts', () => scan({ aLog: x(6, 2), d: x(2, 3) }, 2)],
    ['rmsNorm: got x [4, 3], weight [1, 4], groups 1; expected weight [1, 3]', () => t.rmsNorm(x(4, 3), x(1, 4))],
    ['attention: got q [4, 3]', () => t.attention(x(4, 3), x(4, 3), x(4, 3), starts(0, 4), 2)],
    ['constant: got 3 values for [2, 2]; expected 4', () => graph.constant([1, 2, 3], 2, 2)],
    ['input: its result would be [0, 3]; expected at least one row', () => x(0, 3)],
  ])('%s', (expected, build) => {
    expect(build).toThrow(expected);
  });

  test('writes of variables', () => {
    const group = new t.VariableGroup('net');
    const w = group.add('w', 2, 2);
    expect(() => graph.assign(w, x(2, 3))).toThrow('assign: got value [2, 3]; expected [2, 2], the shape of "net.w"');
    const small = new t.VariableGroup('small');
    expect(() => graph.lerp(small, group, 0.1)).toThrow('lerp: "small" holds 0 elements and "net" 64; expected one layout');
  });

  test('tensors of two graphs, names and groups that clash', () => {
    const other = new t.Graph('other');
    expect(() => t.add(x(2, 2), other.input('a', 2, 2))).toThrow('an operand belongs to graph "other"; expected one of "shapes"');
    expect(() => other.input('a', 1, 1)).toThrow('already has an input "a"');
    const twins = [new t.VariableGroup('twin'), new t.VariableGroup('twin')];
    other.variable(twins[0]!.add('v', 1, 1));
    expect(() => other.variable(twins[1]!.add('v', 1, 1))).toThrow('two groups named "twin"');
  });
});
