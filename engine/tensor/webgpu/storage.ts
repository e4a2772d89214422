const USAGE = { mapRead: 1, copySrc: 4, copyDst: 8, uniform: 64, storage: 128 } as const;
const MAP_READ = 1;

/** A storage buffer of `length` f32 or i32. Never empty, so that it can always be bound. */
export function storageBuffer(device: GPUDevice, label: string, length: number): GPUBuffer {
  const size = Math.max(256, length * 4);
  const limit = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  if (size > limit)
    throw new Error(
      `${label} needs ${size} bytes, but this device's buffers hold ${limit}; use a smaller batch or the wasm executor`,
    );
  return device.createBuffer({ label, size, usage: USAGE.storage | USAGE.copySrc | USAGE.copyDst });
}

export function uniformBuffer(device: GPUDevice, label: string, size: number): GPUBuffer {
  return device.createBuffer({ label, size, usage: USAGE.uniform | USAGE.copyDst });
}

/** Reads parts of buffers back; staging buffers are kept and used again. */
export interface Reader {
  /** `length` f32 from element `offset`, as they are once all work submitted so far is done. */
  read(buffer: GPUBuffer, offset: number, length: number): Promise<Float32Array>;
  dispose(): void;
}

export function createReader(device: GPUDevice): Reader {
  const free: GPUBuffer[] = [];
  const all = new Set<GPUBuffer>();

  const take = (size: number): GPUBuffer => {
    const at = free.findIndex((buffer) => buffer.size >= size);
    if (at >= 0) return free.splice(at, 1)[0]!;
    const rounded = 2 ** Math.ceil(Math.log2(Math.max(size, 256)));
    const buffer = device.createBuffer({ label: 'read-back', size: rounded, usage: USAGE.mapRead | USAGE.copyDst });
    all.add(buffer);
    return buffer;
  };

  return {
    async read(buffer, offset, length) {
      const size = length * 4;
      if (size === 0) return new Float32Array(0);
      const staging = take(size);
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset * 4, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(MAP_READ, 0, size);
      const values = new Float32Array(staging.getMappedRange(0, size).slice(0));
      staging.unmap();
      free.push(staging);
      return values;
    },
    dispose() {
      for (const buffer of all) buffer.destroy();
      all.clear();
      free.length = 0;
    },
  };
}
