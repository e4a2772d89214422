import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { nodePlatform } from '../tensor/wasm/helpers.node';
import { probeWebGpu, type WebGpuProbe } from './probe-gpu';
import { findUpwards, programOutput } from './run-program';
import { findBrowser } from './setup/browser.mjs';

/** What this machine offers, as plain data; `null` where there is none. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly wasm: { readonly simd: boolean; readonly relaxedSimd: boolean; readonly threads: boolean };
  readonly webgpu: WebGpuProbe;
  readonly simulators: { readonly wasm: string | null; readonly native: string | null };
  readonly browser: { readonly path: string; readonly version: string | null } | null;
}

/** Looks at everything at once; about half a second. Never throws, never crashes: native code is loaded in a child. */
export async function probeMachine(): Promise<Machine> {
  const browserPath = findBrowser();
  const [webgpu, native, browserVersion] = await Promise.all([
    probeWebGpu(),
    programOutput('ngspice', ['--version']),
    browserPath === null || process.platform === 'win32' ? null : programOutput(browserPath, ['--version']),
  ]);
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    wasm: { simd: validates(SIMD_MODULE), relaxedSimd: nodePlatform.relaxedSimd, threads: hasThreads() },
    webgpu,
    simulators: { wasm: packageVersion('eecircuit-engine'), native: native && (/ngspice-\d\S*/.exec(native)?.[0] ?? 'ngspice') },
    browser: browserPath === null ? null : { path: browserPath, version: browserVersion && firstLine(browserVersion) },
  };
}

/** `() -> v128`, a module that holds one `i8x16.splat` and nothing else. */
const SIMD_MODULE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

function validates(bytes: readonly number[]): boolean {
  return WebAssembly.validate(new Uint8Array(bytes));
}

function hasThreads(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}

/** Version of an installed package; read from its file, for its `exports` may hide package.json. */
export function packageVersion(name: string): string | null {
  const file = findUpwards(`node_modules/${name}/package.json`);
  return file && `${name} ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]!.trim();
}
