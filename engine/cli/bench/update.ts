import { openWasm, openWebgpu } from '../open-executor';
import { formatTable } from '../table';
import type { Bench, BenchValues } from './bench';
import type { PeerResult } from './peers';
import { batchOf } from './sized-circuits';
import { heading, stamp } from './stamp';
import { benchUpdate, timeUpdates, type UpdateBench, type UpdateSpeed, updatePeers } from './update-speed';

export const update: Bench = {
  circuits: 0,
  async run(_, values, terminal) {
    const { peer, json } = values;
    const { circuits, hyper } = await batchOf(values);
    const options = { milliseconds: values.seconds * 1000, now: terminal.now };
    // WebGPU first: where there is none, that is said at once.
    let webgpu: UpdateSpeed | null = null;
    if (values.executor !== 'wasm') {
      const executor = await openWebgpu();
      try {
        webgpu = await timeUpdates(executor, circuits, hyper, options);
      } finally {
        executor.dispose();
      }
    }
    let wasm: UpdateBench | null = null;
    if (values.executor !== 'webgpu') {
      const executor = await openWasm(values.threads);
      try {
        wasm = await benchUpdate(executor, circuits, hyper, options);
      } finally {
        executor.dispose();
      }
    }
    const speeds = [webgpu, wasm].filter((speed) => speed !== null);
    const fastest = Math.max(...speeds.map(({ withImaginedPerSecond }) => withImaginedPerSecond));
    const peers = (peer ? await updatePeers(circuits, hyper) : []).map((each) => ({
      ...each,
      ratio: fastest / each.updatesPerSecond,
    }));
    if (json) {
      const whole = wasm === null ? { ...webgpu, peers } : { ...wasm, peers, ...(webgpu ? { webgpu } : {}) };
      terminal.out(`${JSON.stringify({ ...whole, ...stamp() })}\n`);
    } else {
      const parts = [heading(), describeBatch(values), '', describeSpeeds(speeds), describePeers(peers, peer)];
      terminal.out([...parts, ...(wasm ? ['', describeKernels(wasm)] : [])].join('\n'));
    }
    return 0;
  },
};

function describeBatch({ width, state, layers, sequences, circuits }: BenchValues): string {
  return `M3 update: width ${width}, state ${state}, ${layers} layers, ${sequences} sequences of ${circuits}`;
}

function describeSpeeds(speeds: readonly UpdateSpeed[]): string {
  const right = 'right' as const;
  return formatTable(
    [
      { title: 'executor' },
      { title: 'updates/s', align: right },
      { title: 'with the imagined gradient', align: right },
      { title: 'launches', align: right },
    ],
    speeds.map(({ executor, updatesPerSecond, withImaginedPerSecond, launches }) => [
      executor,
      updatesPerSecond.toFixed(1),
      withImaginedPerSecond.toFixed(1),
      String(launches),
    ]),
  );
}

function describePeers(peers: readonly (PeerResult & { readonly ratio: number })[], wanted: boolean): string {
  if (peers.length === 0) return `PyTorch                         ${wanted ? 'no python3 with torch here' : 'not asked for'}`;
  return peers
    .map(
      ({ peer, updatesPerSecond, ratio, version, blas, threads, python }) =>
        `${peer.padEnd(32)}${updatesPerSecond.toFixed(1)}, ohmba is ${ratio.toFixed(2)} times as fast (torch ${version}, ${blas === 'mkl' ? 'MKL' : blas === 'other' ? 'without MKL' : blas}, ${threads} threads, ${python})`,
    )
    .join('\n');
}

function describeKernels({ kernels, matmul }: UpdateBench): string {
  const right = 'right' as const;
  const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rows = kernels.map(({ kernel, launches, milliseconds }) => [
    kernel,
    String(launches),
    milliseconds.toFixed(2),
    `${((100 * milliseconds) / total).toFixed(1)} %`,
  ]);
  const table = formatTable(
    [{ title: 'kernel' }, { title: 'launches', align: right }, { title: 'ms', align: right }, { title: 'share', align: right }],
    rows,
  );
  return [
    `matrix products on wasm         ${matmul.gigaflops.toFixed(1)} of ${matmul.peakGigaflops.toFixed(1)} GFLOP/s (${(100 * matmul.share).toFixed(0)} % of the SIMD peak)`,
    '',
    table,
  ].join('\n');
}
