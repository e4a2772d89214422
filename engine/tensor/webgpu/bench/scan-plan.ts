import type { Plan } from '../../plan';
import { BenchPlan } from './time-plan';

/** Packed scan over `batch` sequences of `length` tokens. */
export function scanPlan(batch: number, length: number, width: number, states: number, backward: boolean): Plan {
  const b = new BenchPlan();
  const rows = batch * length;
  const inputs = [
    b.input(rows, width),
    b.input(rows, width),
    b.input(width, states),
    b.input(rows, states),
    b.input(rows, states),
    b.input(1, width),
    b.input(rows, width),
  ];
  const segments = b.index(Array.from({ length: batch + 1 }, (_, s) => s * length));
  const attributes = { groups: 1 };
  b.launches.push({
    kernel: 'selective-scan',
    inputs,
    outputs: [b.tensor(rows, width)],
    attributes,
    index: [segments],
    label: 'scan',
  });
  if (backward) {
    const outputs = [
      b.tensor(rows, width),
      b.tensor(rows, width),
      b.tensor(width, states),
      b.tensor(rows, states),
      b.tensor(rows, states),
      b.tensor(1, width),
      b.tensor(rows, width),
    ];
    b.launches.push({
      kernel: 'selective-scan-backward',
      inputs: [...inputs, b.input(rows, width)],
      outputs,
      attributes,
      index: [segments],
      label: 'scan backward',
    });
  }
  return b.plan('scan');
}

/** Bytes a scan has to move: each input and output once. */
export function scanBytes(batch: number, length: number, width: number, states: number, backward: boolean): number {
  const rows = batch * length;
  const forward = 4 * rows * width + 2 * rows * states;
  const reverse = 4 * rows * width + 2 * rows * states + 3 * rows * width + 2 * rows * states;
  return 4 * (forward + (backward ? reverse : 0));
}
