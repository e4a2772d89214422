import { measureCopyBandwidth } from '../../tensor/webgpu/bench/copy-bandwidth';
import { scanBytes, scanPlan } from '../../tensor/webgpu/bench/scan-plan';
import { timePlan } from '../../tensor/webgpu/bench/time-plan';
import type { WebgpuExecutor } from '../../tensor/webgpu/webgpu-executor';
import { openWebgpu } from '../open-executor';
import { formatTable } from '../table';
import type { Bench } from './bench';
import { runPeers } from './peers';
import { stamp, today } from './stamp';

/** The shape of the scan that figures elsewhere are given for. */
const SCAN_WIDTH = 1024;
const SCAN_STATE = 16;

export const scan: Bench = {
  circuits: 0,
  async run(_, { longest, peer, json }, terminal) {
    const executor = await openWebgpu();
    try {
      const shapes = scanShapes(SCAN_WIDTH, SCAN_STATE, longest);
      const measured = await benchScan(executor, shapes, { peer, now: terminal.now });
      terminal.out(json ? `${JSON.stringify({ ...measured, ...stamp() })}\n` : describeScans(measured));
    } finally {
      executor.dispose();
    }
    return 0;
  },
};

interface ScanShape {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
  readonly state: number;
}

/** A selective scan on a device; shares of what a copy on the device moves, each input and output counted once. */
interface ScanTime extends ScanShape {
  readonly pass: 'forward' | 'forward+backward';
  readonly microseconds: number;
  readonly copyShare: number;
}

interface ScanBench {
  readonly executor: string;
  readonly copyGigabytesPerSecond: number;
  readonly scans: readonly ScanTime[];
  /** The scan fused in Triton, where python3 has it and a card. */
  readonly peers: readonly (ScanTime & { readonly peer: string; readonly python: string })[];
}

/** Batches as in training a sequence model, then one sequence of doubling lengths. */
function scanShapes(width: number, state: number, longest: number): ScanShape[] {
  const batched = [512, 2048, 4096].map((length) => ({ batch: 8, length, width, state }));
  const doubling = [8192, 16384, 32768, 65536].map((length) => ({ batch: 1, length, width: Math.ceil(width / 4), state }));
  return [...batched, ...doubling].filter(({ length }) => length <= longest);
}

/** Times the scan alone, forward and forward with backward. */
async function benchScan(
  executor: WebgpuExecutor,
  shapes: readonly ScanShape[],
  { peer, now }: { readonly peer: boolean; readonly now: () => number },
): Promise<ScanBench> {
  const software = shapes.every(({ length }) => length < 1024);
  const bandwidth = await measureCopyBandwidth(executor.device, now, software ? 4 : 1024);
  const scans: ScanTime[] = [];
  for (const shape of shapes) {
    const { batch, length, width, state } = shape;
    for (const pass of ['forward', 'forward+backward'] as const) {
      const backward = pass !== 'forward';
      const milliseconds = await timePlan(executor, scanPlan(batch, length, width, state, backward), now, software ? 1 : 10);
      const bytes = scanBytes(batch, length, width, state, backward);
      scans.push({
        ...shape,
        pass,
        microseconds: milliseconds * 1000,
        copyShare: bytes / (milliseconds / 1000) / bandwidth,
      });
    }
  }
  const lengths = [...new Set(shapes.filter(({ batch }) => batch === 8).map(({ length }) => length))];
  const { width, state } = shapes[0]!;
  const args = ['--batch', '8', '--width', String(width), '--state', String(state), '--lengths', lengths.join()];
  return {
    executor: executor.description,
    copyGigabytesPerSecond: bandwidth / 1e9,
    scans,
    peers: peer && !software ? await runPeers('selective_scan.py', args) : [],
  };
}

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
    `${executor}, ${today()}: a copy moves ${copyGigabytesPerSecond.toFixed(0)} GB/s`,
    '',
    formatTable(
      [{ title: '' }, { title: 'scan' }, { title: 'pass' }, { title: 'µs', align: right }, { title: 'of copy', align: right }],
      rows,
    ),
  ].join('\n');
}
