import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readGolden } from '../../engine/cli/golden-file';
import { checkParity } from '../../engine/cli/parity-check';
import { hasDevice, testExecutor } from '../kernels/webgpu-device';

describe.skipIf(!hasDevice)('a Mamba stack on webgpu agrees with the golden file', () => {
  test.each(['small', 'packed', 'wide'])(
    '%s',
    async (name) => {
      const golden = await readGolden(fileURLToPath(new URL(`./${name}.safetensors`, import.meta.url)));
      const executor = await testExecutor();
      try {
        const errors = await checkParity(golden, executor);
        expect(errors).toHaveLength(2 + golden.weights.size);
        for (const { name: tensor, kind: what, relative } of errors)
          expect(relative, `${what} of ${tensor}`).toBeLessThan(what === 'output' ? 1e-5 : 2e-4);
      } finally {
        executor.dispose();
      }
    },
    60_000,
  );
});
