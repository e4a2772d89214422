import { existsSync } from 'node:fs';
import { constants } from 'node:os';

/** Kept for the life of the process: once this object is collected, Dawn's instance and its devices go with it. */
let instance: GPU | undefined;

/**
 * WebGPU in Node, through Dawn (the `webgpu` package). Undefined where the package or its binary cannot be loaded.
 *
 * Dawn wants a Vulkan driver. Where the machine has none, `software: true` uses the SwiftShader that comes with a
 * Chromium, if there is one: exact enough to test every kernel, far too slow to train on.
 *
 * Dawn's clamping of every index is left out (a fifth of a training step on an H100): the shaders that run here are the
 * engine's own, and each test runs them on a device. Timestamps are as fine as the device has them (profiles are the
 * user's own). A browser decides both for itself.
 */
export async function nodeGpu(options: { readonly software?: boolean } = {}): Promise<GPU | undefined> {
  if (instance) return instance;
  if (options.software) useSwiftShader();
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    instance = create([
      'enable-dawn-features=allow_unsafe_apis,disable_robustness',
      'disable-dawn-features=timestamp_quantization',
    ]);
    return instance;
  } catch {
    return undefined;
  }
}

const CHROMIUM_FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
/** glibc's RTLD_NODELETE: the library stays loaded although it is no Node addon. */
const RTLD_NODELETE = 0x1000;

/** Points the Vulkan loader at Chromium's SwiftShader, bringing Chromium's loader where the system has none. */
function useSwiftShader(): void {
  const folder = CHROMIUM_FOLDERS.find((path) => existsSync(`${path}/vk_swiftshader_icd.json`));
  if (!folder) return;
  process.env.VK_ICD_FILENAMES ??= `${folder}/vk_swiftshader_icd.json`;
  try {
    // Dawn opens libvulkan.so.1 by name; once loaded under that name, the open finds it.
    process.dlopen({ exports: {} }, `${folder}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // Always thrown: the loader library is no addon. Whether it helped shows when an adapter is asked for.
  }
}
