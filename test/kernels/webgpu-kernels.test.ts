import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Executor } from '../../engine/tensor/executor';
import { ReferenceExecutor } from '../../engine/tensor/reference';
import type { WebgpuExecutor } from '../../engine/tensor/webgpu';
import { compareCase } from './compare';
import { cases } from './webgpu-cases';
import { hasDevice, testExecutor } from './webgpu-device';

const SEEDS = 8;

describe.skipIf(!hasDevice)('webgpu against reference', () => {
  let webgpu: WebgpuExecutor;
  let reference: Executor;
  beforeAll(async () => {
    webgpu = await testExecutor();
    reference = new ReferenceExecutor();
  });
  afterAll(() => webgpu.dispose());

  for (const name of Object.keys(cases)) {
    test(name, async () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const worst = await compareCase(name, seed, webgpu, reference);
        expect(webgpu.failure).toBeNull();
        expect(worst.error, `${worst.plan}, ${worst.output}`).toBeLessThan(2e-5);
      }
    });
  }
});
