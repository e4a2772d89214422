import type { Activation, IndexView, Launch, Plan, View } from '../plan';
import { createWasmExecutor } from './executor';

/** One line of the kernel benches. */
export interface KernelBench {
  readonly name: string;
  readonly threads: number;
  readonly microseconds: number;
  /** Of a matrix product: GFLOP/s, and its share of the peak of as many threads. */
  readonly gigaflops: number;
  readonly shareOfPeak: number;
}

export interface KernelBenches {
  /** Independent 128-bit multiply-add pairs on one thread: what any kernel of this kind could reach at most. */
  readonly peakGigaflops: number;
  readonly lines: readonly KernelBench[];
}

/** The update's shapes: width 32, inner width 64, state 8, step rank 2, twin critics over 128 sequences of 15 tokens. */
const ROWS = 3840;
const TOKENS = 15;
const GROUPS = 2;

function planner() {
  let length = 0;
  const indices: number[] = [];
  const launches: Launch[] = [];
  return {
    tensor(rows: number, columns: number, stride = columns): View {
      const view: View = { space: 'arena', group: '', offset: length, rows, columns, stride };
      length += Math.ceil((rows * stride) / 64) * 64;
      return view;
    },
    segments(): IndexView {
      const offset = indices.length;
      for (let row = 0; row <= ROWS; row += TOKENS) indices.push(row);
      const list = { offset, length: indices.length - offset };
      while (indices.length % 64) indices.push(0);
      return list;
    },
    launches,
    finish: (name: string): Plan => ({
      name,
      launches,
      arenaLength: length,
      constants: new Float32Array(0),
      indices: Int32Array.from(indices),
      inputs: {},
      outputs: {},
      groups: {},
    }),
  };
}

function product(variant: 'nt' | 'nn' | 'tn', n: number, k: number): Plan {
  const p = planner();
  const perGroup = ROWS / GROUPS;
  const [m, columns, depth] = variant === 'tn' ? [n, k, perGroup] : [perGroup, n, k];
  const a = variant === 'tn' ? p.tensor(ROWS, m) : p.tensor(ROWS, depth);
  const b = variant === 'nt' ? p.tensor(GROUPS * columns, depth) : p.tensor(GROUPS * depth, columns);
  const attributes = { variant, groups: GROUPS, m, n: columns, k: depth, activation: 'none' as Activation };
  const outputs = [p.tensor(GROUPS * m, columns)];
  p.launches.push({ kernel: 'matmul', inputs: [a, b, null], outputs, index: [], attributes, label: variant });
  return p.finish(`${variant} ${m}x${columns}x${depth}`);
}

function scan(backward: boolean): Plan {
  const p = planner();
  const [D, N] = [64, 8];
  const wide = () => p.tensor(ROWS, D);
  const inputs = [wide(), wide(), p.tensor(GROUPS * D, N), p.tensor(ROWS, N), p.tensor(ROWS, N), p.tensor(GROUPS, D), wide()];
  const index = [p.segments()];
  const attributes = { groups: GROUPS };
  if (backward) {
    const outputs = inputs.map((view) => p.tensor(view.rows, view.columns));
    p.launches.push({ kernel: 'selective-scan-backward', inputs: [...inputs, wide()], outputs, index, attributes, label: '' });
  } else {
    p.launches.push({ kernel: 'selective-scan', inputs, outputs: [wide()], index, attributes, label: '' });
  }
  return p.finish(backward ? 'scan backward' : 'scan');
}

function convolution(backward: boolean): Plan {
  const p = planner();
  const inputs = [p.tensor(ROWS, 64), p.tensor(GROUPS * 64, 4), p.tensor(GROUPS, 64)];
  const index = [p.segments()];
  const attributes = { groups: GROUPS, width: 4, activation: 'silu' as const };
  if (backward) {
    const outputs = inputs.map((view) => p.tensor(view.rows, view.columns));
    p.launches.push({
      kernel: 'causal-conv-backward',
      inputs: [...inputs, p.tensor(ROWS, 64)],
      outputs,
      index,
      attributes,
      label: '',
    });
  } else {
    p.launches.push({ kernel: 'causal-conv', inputs, outputs: [p.tensor(ROWS, 64)], index, attributes, label: '' });
  }
  return p.finish(backward ? 'conv backward' : 'conv');
}

function norm(): Plan {
  const p = planner();
  const attributes = { groups: GROUPS, eps: 1e-5 };
  const inputs = [p.tensor(ROWS, 32), p.tensor(GROUPS, 32)];
  p.launches.push({ kernel: 'rms-norm', inputs, outputs: [p.tensor(ROWS, 32)], index: [], attributes, label: '' });
  return p.finish('rms-norm');
}

/** Where all inputs are zero nothing is slower or faster: no kernel branches on values. */
const PLANS = (): Plan[] => [
  product('nt', 64, 32),
  product('nt', 18, 64),
  product('nt', 64, 2),
  product('nt', 32, 64),
  product('nn', 32, 64),
  product('nn', 64, 18),
  product('nn', 2, 64),
  product('nn', 64, 32),
  product('tn', 64, 32),
  product('tn', 18, 64),
  product('tn', 64, 2),
  product('tn', 32, 64),
  scan(false),
  scan(true),
  convolution(false),
  convolution(true),
  norm(),
];

/** Best of several rounds, in milliseconds a call. */
function best(clock: () => number, times: number, call: (times: number) => void): number {
  call(Math.ceil(times / 4));
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = clock();
    call(times);
    least = Math.min(least, (clock() - start) / times);
  }
  return least;
}

/** Times the kernels of an update in isolation. About two seconds a thread count. `clock` gives milliseconds. */
export async function benchKernels(clock: () => number, threadCounts: readonly number[]): Promise<KernelBenches> {
  const rounds = 1_000_000;
  const lines: KernelBench[] = [];
  let peakGigaflops = 0;
  for (const threads of threadCounts) {
    const executor = await createWasmExecutor({ threads });
    const perRound = best(clock, 5, (times) => {
      for (let i = 0; i < times; i++) executor.peak(rounds);
    });
    peakGigaflops = Math.max(peakGigaflops, (rounds * 56) / perRound / 1e6);
    for (const plan of PLANS()) {
      const program = executor.prepare(plan);
      const milliseconds = best(clock, 40, (times) => program.run(times));
      const profile = await executor.profile(program, clock);
      const gigaflops = profile.reduce((sum, { flops }) => sum + flops, 0) / milliseconds / 1e6;
      const shareOfPeak = gigaflops / (peakGigaflops * threads);
      lines.push({ name: plan.name, threads, microseconds: milliseconds * 1000, gigaflops, shareOfPeak });
      program.dispose();
    }
    executor.dispose();
  }
  return { peakGigaflops, lines };
}
