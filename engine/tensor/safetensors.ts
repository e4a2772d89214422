/**
 * Reader and writer of the safetensors format (https://huggingface.co/docs/safetensors): eight bytes of little-endian
 * header length, a JSON header, then the tensors' bytes without gaps. Reads F32 and F64 (rounded to f32), writes F32.
 */

export interface SafeTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';

  constructor(what: string, expected: string) {
    super(`not a safetensors file that can be read: ${what}; expected ${expected}`);
  }
}

const PREFIX = 8;
/** The format's own limit. */
const MAX_HEADER = 100_000_000;
const BYTES = { F32: 4, F64: 8 } as const;

interface Entry {
  readonly name: string;
  readonly dtype: keyof typeof BYTES;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/**
 * Parses a file strictly: every byte is accounted for.
 *
 * @throws SafetensorsError that says what is wrong
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = parseHeader(bytes, view);
  const start = PREFIX + header.length;
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header.content)) {
    if (name === '__metadata__') metadata = checkMetadata(value);
    else entries.push(checkEntry(name, value));
  }
  checkCover(entries, bytes.byteLength - start);
  const tensors = new Map<string, SafeTensor>();
  for (const { name, dtype, shape, from, to } of entries) {
    const values = new Float32Array((to - from) / BYTES[dtype]);
    for (let i = 0; i < values.length; i++) {
      const at = start + from + i * BYTES[dtype];
      values[i] = dtype === 'F32' ? view.getFloat32(at, true) : view.getFloat64(at, true);
    }
    tensors.set(name, { shape, values });
  }
  return { metadata, tensors };
}

/** Writes tensors as F32, in the order of the map. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const content: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let length = 0;
  for (const [name, { shape, values }] of tensors) {
    if (name === '__metadata__' || sizeOf(shape) !== values.length)
      throw new Error(
        `writeSafetensors: "${name}" of shape [${shape.join(', ')}] has ${values.length} values; ` +
          'expected as many as its shape says, under a name other than __metadata__',
      );
    content.push([name, { dtype: 'F32', shape, data_offsets: [length, length + values.length * BYTES.F32] }]);
    length += values.length * BYTES.F32;
  }
  // fromEntries, not assignment: a tensor may be called "__proto__".
  const text = JSON.stringify(Object.fromEntries(content));
  const plain = new TextEncoder().encode(text);
  // Spaces bring the data to a multiple of eight bytes.
  const headerLength = Math.ceil(plain.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX + headerLength + length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, PREFIX, PREFIX + headerLength);
  bytes.set(plain, PREFIX);
  let at = PREFIX + headerLength;
  for (const { values } of tensors.values())
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += BYTES.F32;
    }
  return bytes;
}

function parseHeader(bytes: Uint8Array, view: DataView): { length: number; content: Record<string, unknown> } {
  if (bytes.byteLength < PREFIX)
    throw new SafetensorsError(`it has ${bytes.byteLength} bytes`, 'at least 8, the length of the header');
  const declared = view.getBigUint64(0, true);
  const room = bytes.byteLength - PREFIX;
  if (declared > BigInt(Math.min(room, MAX_HEADER)))
    throw new SafetensorsError(`its header would be ${declared} bytes long`, `at most the ${room} bytes that follow`);
  const length = Number(declared);
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(PREFIX, PREFIX + length)));
  } catch (error) {
    throw new SafetensorsError(`its header is no JSON text (${(error as Error).message})`, 'a JSON object in UTF-8');
  }
  if (!isObject(content)) throw new SafetensorsError('its header is no JSON object', 'an object of tensors by name');
  return { length, content };
}

function checkMetadata(value: unknown): Record<string, string> {
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === 'string'))
    throw new SafetensorsError('its __metadata__ holds something else than texts', 'an object of texts');
  return value as Record<string, string>;
}

function checkEntry(name: string, value: unknown): Entry {
  const where = `tensor ${JSON.stringify(name)}`;
  if (!isObject(value)) throw new SafetensorsError(`${where} is no object`, 'dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype !== 'F32' && dtype !== 'F64')
    throw new SafetensorsError(`${where} is of dtype ${JSON.stringify(dtype)}`, 'F32 or F64; convert it first');
  if (!isWholeNumbers(shape)) throw new SafetensorsError(`${where} has no valid shape`, 'a list of whole numbers');
  if (!isWholeNumbers(offsets) || offsets.length !== 2)
    throw new SafetensorsError(`${where} has no valid data_offsets`, 'two whole numbers, begin and end');
  const [from, to] = offsets as [number, number];
  const size = sizeOf(shape) * BYTES[dtype];
  if (to - from !== size)
    throw new SafetensorsError(`${where} of shape [${shape.join(', ')}] takes bytes ${from} to ${to}`, `${size} bytes`);
  return { name, dtype, shape, from, to };
}

/** Tensors must lie side by side and fill the rest of the file. */
function checkCover(entries: readonly Entry[], length: number): void {
  let end = 0;
  for (const { name, from, to } of entries.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) throw new SafetensorsError(`tensor ${JSON.stringify(name)} starts at byte ${from} of the data`, `${end}`);
    end = to;
  }
  if (end !== length) throw new SafetensorsError(`${length} bytes of data follow its header`, `the ${end} that its tensors take`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, n) => size * n, 1);
}
