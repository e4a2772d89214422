import { cpus } from 'node:os';
import { defaultConfiguration, defaultHyperParameters } from '../../api';
import { createRunCircuit } from '../../loop/run-circuit';
import { benchSimulate, type SimulateBench } from '../bench/simulate';
import { benchTick, describeTicks, type TickBench } from '../bench/tick';
import { benchUpdate, timeUpdates, type UpdateBench, type UpdateSpeed } from '../bench/update';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { openWasm, openWebgpu } from '../open-executor';
import { choice, flag, integer } from '../options';
import { formatTable } from '../table';
import { unknownName, usageError } from '../usage-error';

export const bench = defineCommand({
  name: 'bench',
  usage: 'bench [update | simulate [CIRCUIT] | tick [CIRCUIT]] [options]',
  summary: 'M3 updates a second beside PyTorch; or milliseconds a full simulation, or a tick by phase',
  options: {
    executor: {
      type: choice('wasm', 'webgpu', 'both'),
      value: 'wasm' as 'wasm' | 'webgpu' | 'both',
      help: 'what computes the update',
    },
    threads: { type: integer(0, 256), value: 0, help: 'threads of the wasm executor; 0: one a core' },
    width: { type: integer(1, 1024), value: defaultHyperParameters.width, help: 'model width' },
    state: { type: integer(1, 256), value: defaultHyperParameters.state, help: 'state size' },
    layers: { type: integer(1, 64), value: defaultHyperParameters.layers, help: 'layers' },
    sequences: { type: integer(1, 65536), value: defaultHyperParameters.batch, help: 'sequences in a batch' },
    seconds: { type: integer(1, 600), value: 5, help: 'how long the update is timed' },
    peer: { type: flag, value: true, help: 'PyTorch too, where python3 has it; --no-peer leaves it out' },
    points: { type: integer(2, 1e5), value: 40, help: 'valid sizings that simulate is timed with' },
    ticks: { type: integer(1, 1e5), value: 100, help: 'ticks that are timed' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { executor: kind, threads, width, state, layers, sequences, seconds, peer, points, ticks, json }, terminal) {
    const [what = 'update', ...rest] = words;
    const extra = rest[what === 'update' ? 0 : 1];
    if (extra !== undefined) throw usageError(`bench was given "${extra}" too`, 'one benchmark', 'leave it out');
    if (what === 'simulate') {
      const measured = await benchSimulate(await findCircuit(rest[0] ?? 'two-stage-opamp'), points, {
        now: terminal.now,
        processorTime,
      });
      const stamped = { ...measured, date: new Date().toISOString(), cpu: machine() };
      terminal.out(json ? `${JSON.stringify(stamped)}\n` : describeSimulations(measured));
      return 0;
    }
    if (what === 'tick') {
      const circuit = await findCircuit(rest[0] ?? 'two-stage-opamp');
      const sizes: TickBench[] = [];
      for (const environments of [16, 256, 1024]) sizes.push(await benchTick(circuit, environments, ticks));
      const stamp = { date: new Date().toISOString(), cpu: machine() };
      terminal.out(
        json ? `${JSON.stringify({ sizes, ...stamp })}\n` : `${machine()}, ${stamp.date.slice(0, 10)}\n${describeTicks(sizes)}`,
      );
      return 0;
    }
    if (what !== 'update') throw unknownName('benchmark', what, ['update', 'simulate', 'tick']);
    const circuit = createRunCircuit(await findCircuit('two-stage-opamp'), 0, defaultConfiguration);
    const hyper = { ...defaultHyperParameters, width, state, layers, batch: sequences };
    const options = { milliseconds: seconds * 1000, peer, now: terminal.now };
    const stamp = { date: new Date().toISOString(), cpu: machine() };
    // WebGPU first: where there is none, that is said at once.
    let webgpu: UpdateSpeed | null = null;
    if (kind !== 'wasm') {
      const executor = await openWebgpu();
      try {
        const { update, ...speed } = await timeUpdates(executor, circuit, hyper, options);
        update.dispose();
        webgpu = speed;
      } finally {
        executor.dispose();
      }
    }
    if (kind === 'webgpu') {
      terminal.out(json ? `${JSON.stringify({ ...webgpu, ...stamp })}\n` : describeSpeeds([webgpu!]));
      return 0;
    }
    const executor = await openWasm(threads);
    try {
      const result = await benchUpdate(executor, circuit, hyper, options);
      const whole = webgpu === null ? result : { ...result, webgpu };
      if (json) terminal.out(`${JSON.stringify({ ...whole, ...stamp })}\n`);
      else
        terminal.out(webgpu === null ? describe(result, peer) : `${describe(result, peer)}\n${describeSpeeds([webgpu, result])}`);
    } finally {
      executor.dispose();
    }
    return 0;
  },
});

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

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function describeSimulations({ circuit, sizings, wasm, native, ...rest }: SimulateBench): string {
  const cost = (title: string, { median, mean, perSecond, description }: SimulateBench['wasm']) =>
    `${title.padEnd(32)}${median.toFixed(1)} ms (median), ${mean.toFixed(1)} ms (mean), ${perSecond.toFixed(1)} a second: ${description}`;
  return [
    `${machine()}, ${new Date().toISOString().slice(0, 10)}`,
    `${circuit}: full evaluations of ${sizings} random valid sizings`,
    '',
    cost('WASM, one core', wasm),
    `${'  processor time'.padEnd(32)}${rest.wasmProcessorMilliseconds.toFixed(1)} ms (mean)`,
    native ? cost('fresh process, one core', native) : `${'fresh process'.padEnd(32)}no ngspice on this machine`,
    ...(rest.wasmOverNative === null
      ? []
      : [`${'WASM over fresh processes'.padEnd(32)}${rest.wasmOverNative.toFixed(1)} times as many a second`]),
    `${'two instances over one'.padEnd(32)}${rest.poolSpeedUp.toFixed(2)} times as many a second`,
    '',
  ].join('\n');
}

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
