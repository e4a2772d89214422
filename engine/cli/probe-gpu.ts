import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { programOutput } from './run-program';

export interface WebGpuProbe {
  /** Vendor, architecture and device of the adapter. */
  readonly adapter: string | null;
  /** A processor that plays a graphics card: right, but slow. */
  readonly software: boolean;
  /** Why there is no adapter, or what else is to be known. */
  readonly note: string | null;
}

/** Where Debian's chromium keeps the manifest of its software Vulkan driver. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Asks for an adapter in a child process, about a tenth of a second: a broken driver may end a process instead of
 * raising an error, and Dawn prints what it misses.
 */
export async function probeWebGpu(): Promise<WebGpuProbe> {
  const entry = resolvePackage('webgpu');
  if (entry === null) return { adapter: null, software: false, note: 'the package webgpu is not installed' };
  const answer = await programOutput(process.execPath, ['--input-type=module', '-e', script(entry)]);
  const found = answer === null ? null : (JSON.parse(answer) as { name: string | null; software: boolean });
  if (found?.name) {
    const software = found.software || /swiftshader|llvmpipe|lavapipe/i.test(found.name);
    return { adapter: found.name, software, note: software ? 'software adapter: for checking results, not for speed' : null };
  }
  const reason =
    found === null ? 'the webgpu package could not be loaded here' : 'no Vulkan, Metal or D3D12 driver offers an adapter';
  const fallback = existsSync(SWIFTSHADER) ? `; VK_ICD_FILENAMES=${SWIFTSHADER} gives a software one` : '';
  return { adapter: null, software: false, note: reason + fallback };
}

/** The driver named by `VK_ICD_FILENAMES` may come with the Vulkan loader that the system lacks: `nodeGpu` does the same. */
function script(entry: string): string {
  return `
    import { constants } from 'node:os';
    import { dirname } from 'node:path';
    const { VK_ICD_FILENAMES: driver } = process.env;
    if (driver) try { process.dlopen({ exports: {} }, dirname(driver) + '/libvulkan.so.1', constants.dlopen.RTLD_NOW | 0x1000); } catch {}
    const { create } = await import(${JSON.stringify(pathToFileURL(entry).href)});
    const adapter = await create([]).requestAdapter();
    const info = adapter?.info;
    const name = info && ([info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(' ') || 'unnamed');
    process.stdout.write(JSON.stringify({ name: name ?? null, software: Boolean(adapter && (adapter.isFallbackAdapter ?? info.isFallbackAdapter)) }));
    process.exit(0);`;
}

function resolvePackage(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return null;
  }
}
