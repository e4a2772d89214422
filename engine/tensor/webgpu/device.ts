/** A WebGPU device as the executor wants it, or the reason why there is none. */
export type DeviceResult =
  | { readonly status: 'ready'; readonly device: GPUDevice; readonly name: string }
  | { readonly status: 'unavailable'; readonly reason: string };

/** Features used where the adapter has them; every one has a fallback. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['subgroups', 'timestamp-query'];

/** Limits raised to what the adapter offers: buffers of replay pools are large, kernels bind many of them. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/**
 * Opens a device with the limits and features that kernels can use.
 *
 * @param gpu `navigator.gpu` (page or worker), or what `nodeGpu` gives; undefined where there is none
 */
export async function openDevice(gpu: GPU | undefined): Promise<DeviceResult> {
  if (!gpu) return { status: 'unavailable', reason: 'this host has no WebGPU (navigator.gpu is undefined)' };
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return { status: 'unavailable', reason: 'WebGPU found no adapter (no GPU, or no Vulkan driver for it)' };
    const requiredLimits: Record<string, number> = {};
    for (const limit of RAISED_LIMITS) requiredLimits[limit] = adapter.limits[limit];
    const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
    const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
    return { status: 'ready', device, name: describe(adapter.info) };
  } catch (error) {
    return {
      status: 'unavailable',
      reason: `the WebGPU adapter gave no device: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/** Whether kernels can use subgroups: those of the shaders are for at least 32 threads (shaders/lanes-subgroups.wgsl). */
export function hasSubgroups(device: GPUDevice): boolean {
  return device.features.has('subgroups') && (device.adapterInfo?.subgroupMinSize ?? 0) >= 32;
}

/** Which card, where the host tells, and by which driver. */
function describe({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  const card = device || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  return description ? `${card} (${description})` : card;
}
