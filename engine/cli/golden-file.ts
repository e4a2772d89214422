import { readFile } from 'node:fs/promises';
import { messageOf } from '../base';
import { readSafetensors, type SafetensorsFile } from '../tensor';
import { usageError } from './usage-error';

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const CONFIG = ['d_model', 'd_state', 'n_layers', 'expand', 'd_conv', 'dt_rank', 'norm_eps'] as const;

/** A golden Mamba stack: what went in, what came out, and all gradients of Σ output · cotangent. */
export interface Golden {
  readonly config: Readonly<Record<(typeof CONFIG)[number], number>>;
  readonly input: Matrix;
  readonly output: Matrix;
  readonly cotangent: Matrix;
  /** Row numbers where the packed sequences start, and the end. */
  readonly segments: Int32Array;
  /** By official name. */
  readonly weights: ReadonlyMap<string, Matrix>;
  /** By official name, and `input`. */
  readonly gradients: ReadonlyMap<string, Matrix>;
}

/** @throws UsageError where the file cannot be read or is no golden Mamba file. */
export async function readGolden(path: string): Promise<Golden> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw usageError(`${path} cannot be read (${why})`, 'a golden Mamba file in safetensors format', 'correct the path');
  });
  let file: SafetensorsFile;
  try {
    file = readSafetensors(bytes);
  } catch (error) {
    throw notGolden(path, messageOf(error));
  }
  const { metadata, tensors } = file;
  const config = parseConfig(path, metadata.config);
  const all = new Map<string, Matrix>();
  for (const [name, { shape, values }] of tensors) all.set(name, matrix(shape, values));

  const one = (name: string): Matrix => {
    const found = all.get(name);
    if (!found) throw notGolden(path, `it has no tensor "${name}"`);
    return found;
  };
  const starting = (prefix: string) =>
    new Map([...all].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]));
  const weights = starting('weight.');
  const gradients = starting('grad.');
  for (const name of ['input', ...weights.keys()]) one(`grad.${name}`);

  const input = one('input');
  const segments = Int32Array.of(0, ...config.lengths);
  for (let i = 1; i < segments.length; i++) segments[i]! += segments[i - 1]!;
  if (segments.at(-1) !== input.rows)
    throw notGolden(path, `its lengths add up to ${segments.at(-1)}, its input has ${input.rows} rows`);
  return { config, input, output: one('output'), cotangent: one('cotangent'), segments, weights, gradients };
}

/** 1-D tensors are one row; what follows the first axis is flattened (a convolution's [D, 1, K] is D × K). */
function matrix(shape: readonly number[], values: Float32Array): Matrix {
  const rows = shape.length > 1 ? shape[0]! : 1;
  return { rows, columns: values.length / rows, values };
}

function parseConfig(path: string, text: string | undefined): Golden['config'] & { lengths: number[] } {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text ?? 'null');
  } catch {
    // Reported below, with all else that may be wrong with it.
  }
  const config = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, unknown>;
  const missing = CONFIG.find((key) => typeof config[key] !== 'number');
  if (missing) throw notGolden(path, `its metadata has no number "${missing}" in "config"`);
  const { lengths } = config;
  if (!Array.isArray(lengths) || lengths.length === 0 || !lengths.every((length) => Number.isInteger(length) && length > 0))
    throw notGolden(path, 'its metadata has no list "lengths" of whole numbers in "config"');
  return config as ReturnType<typeof parseConfig>;
}

function notGolden(path: string, why: string) {
  return usageError(
    `${path} is no golden Mamba file: ${why}`,
    'weights, input, output, cotangent and gradients',
    'use one of test/golden',
  );
}
