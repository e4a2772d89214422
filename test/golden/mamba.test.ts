import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readGolden } from '../../engine/cli/golden-file';
import { openExecutor } from '../../engine/cli/open-executor';
import { checkParity } from '../../engine/cli/parity-check';

describe.each(['reference', 'wasm'] as const)('a Mamba stack on %s agrees with the golden file', (kind) => {
  test.each(['small', 'packed', 'wide'])('%s', async (name) => {
    const golden = await readGolden(fileURLToPath(new URL(`./${name}.safetensors`, import.meta.url)));
    const executor = await openExecutor(kind);
    try {
      const errors = await checkParity(golden, executor);
      expect(errors).toHaveLength(2 + golden.weights.size);
      for (const { name: tensor, kind: what, relative } of errors)
        expect(relative, `${what} of ${tensor}`).toBeLessThan(what === 'output' ? 1e-5 : 1e-4);
    } finally {
      executor.dispose();
    }
  });
});
