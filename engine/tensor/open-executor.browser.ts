import type { Executor } from './executor';
import { createWasmExecutor } from './wasm/executor';
import type { WebgpuExecutor } from './webgpu';

/** What computes in a page's worker, why it does, and what is to be timed against it where that decides. */
export interface OpenedExecutor {
  readonly executor: Executor;
  readonly reason: string;
  readonly challenger: Executor | null;
}

type Opened = { readonly executor: WebgpuExecutor } | { readonly missing: string };

/**
 * Opens what a person wished for. `auto` gives WASM, with WebGPU to be timed against it where there is a real graphics
 * card; `webgpu` takes a software adapter too, and gives WASM where there is none at all, saying so.
 */
export async function openBrowserExecutor(wish: 'auto' | 'wasm' | 'webgpu'): Promise<OpenedExecutor> {
  if (wish === 'webgpu') {
    const opened = await openWebgpu(true);
    if ('executor' in opened) return { executor: opened.executor, reason: 'as asked for', challenger: null };
    return { executor: await createWasmExecutor(), reason: `webgpu was asked for, but ${opened.missing}`, challenger: null };
  }
  // Compiled while the adapter is looked for: neither needs the other.
  const [executor, opened] = await Promise.all([createWasmExecutor(), wish === 'auto' ? openWebgpu(false) : null]);
  const threads = globalThis.crossOriginIsolated ? '' : '; one thread only: the page is not cross-origin isolated';
  if (opened === null) return { executor, reason: `as asked for${threads}`, challenger: null };
  if ('missing' in opened) return { executor, reason: `${opened.missing}${threads}`, challenger: null };
  return { executor, reason: 'timed against WebGPU once an agent learns', challenger: opened.executor };
}

/** @param software whether a processor that plays a graphics card will do */
async function openWebgpu(software: boolean): Promise<Opened> {
  const { gpu } = navigator;
  if (!gpu) return { missing: 'this browser offers no WebGPU here' };
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return { missing: 'there is no graphics adapter' };
    if (!software && isSoftware(adapter.info)) return { missing: 'the graphics adapter is software' };
    // Loaded only where it is of use.
    const { createWebgpuExecutor } = await import('./webgpu');
    return { executor: await createWebgpuExecutor({ gpu }) };
  } catch (thrown) {
    return { missing: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function isSoftware({ isFallbackAdapter, vendor, architecture, description }: GPUAdapterInfo): boolean {
  return isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${vendor} ${architecture} ${description}`);
}
