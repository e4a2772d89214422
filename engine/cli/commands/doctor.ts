import { defineCommand } from '../command';
import { reasonForWasm } from '../open-executor';
import { flag } from '../options';
import { type Machine, probeMachine } from '../probe-machine';
import { formatTable } from '../table';
import { usageError } from '../usage-error';

export const doctor = defineCommand({
  name: 'doctor',
  usage: 'doctor [--json]',
  summary: 'what this machine offers, and what would be used',
  options: { json: { type: flag, value: false, help: 'one line of JSON' } },
  async run(words, { json }, terminal) {
    if (words.length > 0) throw usageError(`doctor was given "${words[0]}"`, 'no words', 'leave it out');
    const machine = await probeMachine();
    const report = { ...machine, executor: chooseExecutor(machine), simulator: chooseSimulator(machine) };
    if (json) terminal.out(`${JSON.stringify(report)}\n`);
    else terminal.out(formatTable([{ title: 'what' }, { title: 'found' }, { title: '' }], describe(report)));
    return report.executor.kind === 'none' || report.simulator.kind === 'none' ? 1 : 0;
  },
});

interface Choice {
  readonly kind: string;
  readonly reason: string;
}

function chooseExecutor({ wasm, webgpu, cores }: Machine): Choice {
  if (!wasm.simd) return { kind: 'reference', reason: 'this Node has no WASM SIMD: slow plain loops' };
  const threads = wasm.threads ? `WASM SIMD with up to ${cores} threads` : 'WASM SIMD, one thread (no shared memory)';
  const real = webgpu.adapter !== null && !webgpu.software;
  return { kind: real ? 'auto' : 'wasm', reason: `${threads}; ${reasonForWasm(webgpu)}` };
}

function chooseSimulator({ simulators }: Machine): Choice {
  if (simulators.wasm) return { kind: 'wasm', reason: 'ngspice in WASM: needs no installation, one instance a core' };
  return { kind: 'none', reason: 'the package eecircuit-engine is missing: run npm ci' };
}

function describe(report: Machine & { executor: Choice; simulator: Choice }): string[][] {
  const { wasm, webgpu, simulators, browser } = report;
  const yes = (there: boolean) => (there ? 'yes' : 'no');
  return [
    ['Node', report.node, report.platform],
    ['processor', `${report.cores} cores, ${report.memoryGiB} GiB`, report.cpu],
    ['WASM SIMD', yes(wasm.simd), wasm.relaxedSimd ? 'relaxed SIMD too' : ''],
    ['WASM threads', yes(wasm.threads), ''],
    ['WebGPU adapter', webgpu.adapter ?? 'none', webgpu.note ?? ''],
    ['ngspice in WASM', simulators.wasm ?? 'none', ''],
    ['ngspice of the system', simulators.native ?? 'none', simulators.native ? 'for ohmba crosscheck' : 'optional'],
    ['browser', browser?.version ?? browser?.path ?? 'none', browser?.path ?? 'browser tests will be skipped'],
    ['executor to be used', report.executor.kind, report.executor.reason],
    ['simulator to be used', report.simulator.kind, report.simulator.reason],
  ];
}
