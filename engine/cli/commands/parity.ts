import { defineCommand } from '../command';
import { readGolden } from '../golden-file';
import { type ExecutorName, openExecutor } from '../open-executor';
import { choice, flag } from '../options';
import { checkParity, type TensorError } from '../parity-check';
import { formatTable } from '../table';
import { usageError } from '../usage-error';

/** Largest relative errors that pass. A graphics card sums in another order, over more partial sums. */
const OUTPUT_LIMIT = 1e-5;
const GRADIENT_LIMITS: Readonly<Record<ExecutorName, number>> = { wasm: 1e-4, reference: 1e-4, webgpu: 2e-4 };

export const parity = defineCommand({
  name: 'parity',
  usage: 'parity FILE [options]',
  summary: 'errors of a golden Mamba file on an executor; 1 where they are too large',
  options: {
    executor: { type: choice('wasm', 'webgpu', 'reference'), value: 'wasm' as ExecutorName, help: 'what computes' },
    json: { type: flag, value: false, help: 'one line of JSON' },
  },
  async run(words, { executor: kind, json }, terminal) {
    const [file, extra] = words;
    if (file === undefined || extra !== undefined)
      throw usageError(`parity was given ${words.length} files`, 'one', 'write ohmba parity FILE.safetensors');
    const golden = await readGolden(file);
    const executor = await openExecutor(kind);
    let errors: TensorError[];
    try {
      errors = await checkParity(golden, executor);
    } finally {
      executor.dispose();
    }
    const gradientLimit = GRADIENT_LIMITS[executor.kind];
    const passed = errors.every(({ kind, relative }) => relative <= (kind === 'output' ? OUTPUT_LIMIT : gradientLimit));
    terminal.out(
      json ? `${JSON.stringify(report(file, executor.kind, passed, errors))}\n` : table(errors, passed, gradientLimit),
    );
    return passed ? 0 : 1;
  },
});

function report(file: string, executor: string, passed: boolean, errors: readonly TensorError[]) {
  const gradients = errors.filter(({ kind }) => kind === 'weight-gradient');
  const strip = ({ absolute, relative }: TensorError) => ({ absolute, relative });
  return {
    file,
    executor,
    passed,
    output: strip(errors.find(({ kind }) => kind === 'output')!),
    inputGradient: strip(errors.find(({ kind }) => kind === 'input-gradient')!),
    weightGradients: Object.fromEntries(gradients.map((error) => [error.name, strip(error)])),
    worst: {
      output: worst(errors.filter(({ kind }) => kind === 'output')),
      gradient: worst(errors.filter(({ kind }) => kind !== 'output')),
    },
  };
}

function worst(errors: readonly TensorError[]): { name: string; absolute: number; relative: number } {
  const { name, absolute, relative } = errors.reduce((a, b) => (b.relative > a.relative ? b : a));
  return { name, absolute, relative };
}

function table(errors: readonly TensorError[], passed: boolean, gradientLimit: number): string {
  const titles = { output: 'output', 'input-gradient': 'gradient', 'weight-gradient': 'gradient' };
  const rows = errors.map(({ name, kind, absolute, relative }) => [
    titles[kind],
    name,
    absolute.toExponential(2),
    relative.toExponential(2),
  ]);
  const columns = [
    { title: 'what' },
    { title: 'tensor' },
    { title: 'absolute', align: 'right' },
    { title: 'relative', align: 'right' },
  ] as const;
  const output = worst(errors.filter(({ kind }) => kind === 'output'));
  const gradient = worst(errors.filter(({ kind }) => kind !== 'output'));
  return `${formatTable(columns, rows)}\nworst: output ${output.relative.toExponential(2)} (limit ${OUTPUT_LIMIT}), gradient ${gradient.relative.toExponential(2)} of ${gradient.name} (limit ${gradientLimit}): ${passed ? 'passed' : 'failed'}\n`;
}
