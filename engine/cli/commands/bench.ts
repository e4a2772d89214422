import { cpus } from 'node:os';
import { defaultConfiguration, defaultHyperParameters } from '../../api';
import { createRunCircuit } from '../../loop/run-circuit';
import { benchUpdate, type UpdateBench } from '../bench/update';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { openWasm } from '../open-executor';
import { flag, integer } from '../options';
import { formatTable } from '../table';
import { unknownName, usageError } from '../usage-error';

export const bench = defineCommand({
  name: 'bench',
  usage: 'bench [update] [options]',
  summary: 'full M3 updates a second, where the time goes, and PyTorch beside it',
  options: {
    threads: { type: integer(0, 256), value: 0, help: 'threads of the wasm executor; 0: one a core' },
    width: { type: integer(1, 1024), value: defaultHyperParameters.width, help: 'model width' },
    state: { type: integer(1, 256), value: defaultHyperParameters.state, help: 'state size' },
    layers: { type: integer(1, 64), value: defaultHyperParameters.layers, help: 'layers' },
    sequences: { type: integer(1, 65536), value: defaultHyperParameters.batch, help: 'sequences in a batch' },
    seconds: { type: integer(1, 600), value: 5, help: 'how long the update is timed' },
    peer: { type: flag, value: true, help: 'PyTorch too, where python3 has it; --no-peer leaves it out' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { threads, width, state, layers, sequences, seconds, peer, json }, terminal) {
    const [what = 'update', extra] = words;
    if (extra !== undefined) throw usageError(`bench was given "${extra}" too`, 'one benchmark', 'leave it out');
    if (what !== 'update') throw unknownName('benchmark', what, ['update']);
    const circuit = createRunCircuit(await findCircuit('two-stage-opamp'), 0, defaultConfiguration);
    const hyper = { ...defaultHyperParameters, width, state, layers, batch: sequences };
    const executor = await openWasm(threads);
    try {
      const result = await benchUpdate(executor, circuit, hyper, { milliseconds: seconds * 1000, peer, now: terminal.now });
      terminal.out(
        json ? `${JSON.stringify({ ...result, date: new Date().toISOString(), cpu: machine() })}\n` : describe(result, peer),
      );
    } finally {
      executor.dispose();
    }
    return 0;
  },
});

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
}

function describe(result: UpdateBench, peerWanted: boolean): string {
  const { width, state, layers, sequences, tokensPerSequence, kernels, matmul, peers } = result;
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
    `${machine()}, ${result.executor}, ${new Date().toISOString().slice(0, 10)}`,
    `M3 update: width ${width}, state ${state}, ${layers} layers, ${sequences} sequences of ${tokensPerSequence} tokens, ${result.launches} launches`,
    '',
    `updates/s                       ${result.updatesPerSecond.toFixed(1)}`,
    `with the imagined gradient      ${result.withImaginedPerSecond.toFixed(1)}`,
    `matrix products                 ${matmul.gigaflops.toFixed(1)} of ${matmul.peakGigaflops.toFixed(1)} GFLOP/s (${(100 * matmul.share).toFixed(0)} % of the SIMD peak)`,
    ...peers.map(
      ({ peer, updatesPerSecond, ratio, version, blas, threads, python }) =>
        `${peer.padEnd(32)}${updatesPerSecond.toFixed(1)}, ohmba is ${ratio.toFixed(1)} times as fast (torch ${version}, ${blas === 'mkl' ? 'MKL' : blas === 'other' ? 'without MKL' : blas}, ${threads} threads, ${python})`,
    ),
    ...(peers.length === 0
      ? [`PyTorch                         ${peerWanted ? 'no python3 with torch here' : 'not asked for'}`]
      : []),
    '',
    table,
  ].join('\n');
}
