import { cpus } from 'node:os';
import { defaultConfiguration, defaultHyperParameters } from '../../api';
import { compareCurves, describeCurves } from '../bench/curves';
import type { PeerResult } from '../bench/peers';
import { benchRecord, describeRecording } from '../bench/record';
import { benchScan, type ScanBench, scanShapes } from '../bench/scan';
import { benchSimulate, describeSimulations, type SimulateBench } from '../bench/simulate';
import { parseSizes, sizedCircuits } from '../bench/sized-circuits';
import { benchStore, type StoreBench } from '../bench/store';
import { benchTick, describeTicks, type TickBench } from '../bench/tick';
import { benchUpdate, timeUpdates, type UpdateBench, type UpdateSpeed, updatePeers } from '../bench/update';
import { findCircuit } from '../catalogue';
import { defineCommand } from '../command';
import { openWasm, openWebgpu } from '../open-executor';
import { choice, flag, integer, text } from '../options';
import { formatTable } from '../table';
import { unknownName, usageError } from '../usage-error';

export const bench = defineCommand({
  name: 'bench',
  usage: 'bench [update | scan | simulate [CIRCUIT…] | tick [CIRCUIT] | curves | store | record [CIRCUIT]] [options]',
  summary:
    'M3 updates a second, or the selective scan on WebGPU, beside PyTorch; or milliseconds a full simulation, or a tick by phase; the run store, and what recording costs a training',
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
    circuits: {
      type: text('PxS,...', 'sizes such as 7x6,10x6'),
      value: '7x6',
      help: 'parameters and specs of each circuit in the batch of update and curves',
    },
    sequences: { type: integer(1, 65536), value: defaultHyperParameters.batch, help: 'sequences in a batch' },
    seconds: { type: integer(1, 600), value: 5, help: 'how long the update is timed' },
    peer: { type: flag, value: true, help: 'PyTorch too, where python3 has it; --no-peer leaves it out' },
    longest: { type: integer(1, 65536), value: 65536, help: 'longest sequence that scan is timed with' },
    points: { type: integer(2, 1e5), value: 40, help: 'valid sizings that simulate is timed with' },
    ticks: { type: integer(1, 1e5), value: 100, help: 'ticks that are timed' },
    updates: {
      type: integer(1, 1e6),
      value: 1000,
      help: 'updates after which curves compares wasm and webgpu (--executor both), or one of them with itself',
    },
    agent: { type: text('NAME', 'an agent'), value: defaultConfiguration.agent, help: 'who trains while record is timed' },
    steps: { type: integer(10, 1e6), value: 60, help: 'simulations of each training that record times' },
    pairs: { type: integer(1, 1000), value: 5, help: 'trainings that record times with recording, and as many without' },
    simulations: { type: integer(1, 1e8), value: 1_000_000, help: 'made-up simulations that store is filled with' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, values, terminal) {
    const {
      executor: kind,
      threads,
      width,
      state,
      layers,
      circuits: sizes,
      sequences,
      seconds,
      peer,
      points,
      ticks,
      json,
    } = values;
    const [what = 'update', ...rest] = words;
    const extra = what === 'simulate' ? undefined : rest[what === 'tick' || what === 'record' ? 1 : 0];
    if (extra !== undefined) throw usageError(`bench was given "${extra}" too`, 'one benchmark', 'leave it out');
    if (what === 'simulate') {
      const circuits: SimulateBench[] = [];
      if (!json) terminal.out(`${machine()}, ${new Date().toISOString().slice(0, 10)}\n`);
      for (const name of rest.length > 0 ? rest : ['two-stage-opamp']) {
        const measured = await benchSimulate(await findCircuit(name), points, terminal.now);
        circuits.push(measured);
        if (!json) terminal.out(`\n${describeSimulations(measured)}`);
      }
      if (json) terminal.out(`${JSON.stringify({ circuits, date: new Date().toISOString(), cpu: machine() })}\n`);
      return 0;
    }
    const stamp = { date: new Date().toISOString(), cpu: machine() };
    if (what === 'tick') {
      const circuit = await findCircuit(rest[0] ?? 'two-stage-opamp');
      const counts: TickBench[] = [];
      for (const environments of [16, 256, 1024]) counts.push(await benchTick(circuit, environments, ticks));
      terminal.out(
        json
          ? `${JSON.stringify({ sizes: counts, ...stamp })}\n`
          : `${machine()}, ${stamp.date.slice(0, 10)}\n${describeTicks(counts)}`,
      );
      return 0;
    }
    if (what === 'scan') {
      const executor = await openWebgpu();
      try {
        const shapes = scanShapes(SCAN_WIDTH, SCAN_STATE, values.longest);
        const measured = await benchScan(executor, shapes, { peer, now: terminal.now });
        terminal.out(json ? `${JSON.stringify({ ...measured, ...stamp })}\n` : describeScans(measured));
      } finally {
        executor.dispose();
      }
      return 0;
    }
    if (what === 'store') {
      const measured = await benchStore(await findCircuit('two-stage-opamp'), values.simulations, terminal.now);
      const stamped = { ...measured, date: new Date().toISOString(), cpu: machine() };
      terminal.out(json ? `${JSON.stringify(stamped)}\n` : describeStore(measured));
      return 0;
    }
    if (what === 'record') {
      const circuit = await findCircuit(rest[0] ?? 'two-stage-opamp');
      const measured = await benchRecord(circuit, { ...values, now: terminal.now });
      const head = `${machine()}, ${stamp.date.slice(0, 10)}\n`;
      terminal.out(json ? `${JSON.stringify({ ...measured, ...stamp })}\n` : head + describeRecording(measured));
      return 0;
    }
    if (what !== 'update' && what !== 'curves')
      throw unknownName('benchmark', what, ['update', 'scan', 'simulate', 'tick', 'curves', 'store', 'record']);
    const parsed = parseSizes(sizes);
    if (!parsed)
      throw usageError(`--circuits is "${sizes}"`, 'parameters x specs of each circuit, such as 7x6,10x6', 'leave it out');
    const circuits = sizedCircuits(parsed, await findCircuit('two-stage-opamp'));
    const hyper = { ...defaultHyperParameters, width, state, layers, batch: sequences };
    if (what === 'curves') {
      // WebGPU first: where there is none, that is said at once.
      const second = kind === 'wasm' ? await openWasm(threads) : await openWebgpu();
      const rivals = [kind === 'webgpu' ? await openWebgpu() : await openWasm(threads), second] as const;
      try {
        const found = await compareCurves(rivals, circuits, hyper, values.updates);
        const same = found.every(({ largest, simulator, predictions }) => largest + simulator + predictions === 0);
        const executors = rivals.map(({ description }) => description);
        terminal.out(json ? `${JSON.stringify({ executors, found, ...stamp })}\n` : describeCurves(executors, found));
        // The same executor twice has no right to differ.
        return kind === 'both' || same ? 0 : 1;
      } finally {
        for (const executor of rivals) executor.dispose();
      }
    }
    const options = { milliseconds: seconds * 1000, now: terminal.now };
    // WebGPU first: where there is none, that is said at once.
    let webgpu: UpdateSpeed | null = null;
    if (kind !== 'wasm') {
      const executor = await openWebgpu();
      try {
        webgpu = await timeUpdates(executor, circuits, hyper, options);
      } finally {
        executor.dispose();
      }
    }
    let wasm: UpdateBench | null = null;
    if (kind !== 'webgpu') {
      const executor = await openWasm(threads);
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
      terminal.out(`${JSON.stringify({ ...whole, ...stamp })}\n`);
      return 0;
    }
    const batch = `M3 update: width ${width}, state ${state}, ${layers} layers, ${sequences} sequences of ${sizes}`;
    const parts = [`${machine()}, ${stamp.date.slice(0, 10)}`, batch, '', describeSpeeds(speeds), describePeers(peers, peer)];
    terminal.out([...parts, ...(wasm ? ['', describeKernels(wasm)] : [])].join('\n'));
    return 0;
  },
});

/** The shape of the scan that figures elsewhere are given for. */
const SCAN_WIDTH = 1024;
const SCAN_STATE = 16;

function describeScans({ executor, copyGigabytesPerSecond, scans, peers }: ScanBench): string {
  const right = 'right' as const;
  const rows = [...scans.map((scan) => ({ ...scan, peer: 'ohmba' })), ...peers].map((scan) => [
    scan.peer,
    `${scan.batch} × ${scan.length} × ${scan.width}, state ${scan.state}`,
    scan.pass,
    scan.microseconds.toFixed(0),
    `${(100 * scan.copyShare).toFixed(1)} %`,
  ]);
  return [
    `${executor}, ${new Date().toISOString().slice(0, 10)}: a copy moves ${copyGigabytesPerSecond.toFixed(0)} GB/s`,
    '',
    formatTable(
      [{ title: '' }, { title: 'scan' }, { title: 'pass' }, { title: 'µs', align: right }, { title: 'of copy', align: right }],
      rows,
    ),
  ].join('\n');
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

function describeStore(measured: StoreBench): string {
  const { simulations, writeMicrosecondsPerSimulation, bytesPerSimulation, openMilliseconds, exploreMilliseconds } = measured;
  return [
    `${machine()}, ${new Date().toISOString().slice(0, 10)}`,
    `a run of ${simulations} simulations of two-stage-opamp`,
    '',
    `writing a simulation            ${writeMicrosecondsPerSimulation.toFixed(1)} us`,
    `on disk                         ${bytesPerSimulation.toFixed(0)} bytes a simulation`,
    `opening the run                 ${openMilliseconds.toFixed(0)} ms`,
    `exploration view of the run     ${exploreMilliseconds.toFixed(0)} ms (counts, extremes, 5000 samples, 50 best)`,
    '',
  ].join('\n');
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
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
