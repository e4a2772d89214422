import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors, type SafeTensor, SafetensorsError, writeSafetensors } from '../../engine/tensor';

const tensor = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
  const size = shape.reduce((product, n) => product * n, 1);
  return fc
    .array(fc.float({ noNaN: true }), { minLength: size, maxLength: size })
    .map((values): SafeTensor => ({ shape, values: Float32Array.from(values) }));
});
const name = fc.string({ minLength: 1 }).filter((text) => text !== '__metadata__');
const file = fc.array(fc.tuple(name, tensor), { maxLength: 5 }).map((entries) => new Map(entries));

function withHeader(header: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

describe('safetensors', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(file, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        const read = readSafetensors(writeSafetensors(tensors, metadata));
        expect(new Map(read.tensors)).toEqual(tensors);
        expect({ ...read.metadata }).toEqual({ ...metadata });
      }),
      { seed: 1 },
    );
  });

  test('whatever the bytes, reading gives a file or a clear error', () => {
    const mutation = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(file, mutation, fc.option(fc.nat(), { nil: undefined }), (tensors, mutations, cut) => {
        let bytes = writeSafetensors(tensors, { format: 'pt' });
        for (const [at, value] of mutations) bytes[at % bytes.length] = value;
        if (cut !== undefined) bytes = bytes.subarray(0, cut % bytes.length);
        try {
          readSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test('any shortened file is refused', () => {
    const bytes = writeSafetensors(new Map([['w', { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) }]]));
    for (let length = 0; length < bytes.length; length++)
      expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(SafetensorsError);
  });

  const entry = (fields: object) => JSON.stringify({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields } });
  test.each([
    ['it has 3 bytes', Uint8Array.of(1, 2, 3)],
    ['its header would be 99 bytes long', Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0)],
    ['its header is no JSON text', withHeader('{"w":')],
    ['its header is no JSON object', withHeader('[]')],
    ['its __metadata__ holds something else than texts', withHeader('{"__metadata__":{"a":1}}')],
    ['tensor "w" is of dtype "I8"', withHeader(entry({ dtype: 'I8' }), new Uint8Array(4))],
    ['tensor "w" has no valid shape', withHeader(entry({ shape: [-1] }), new Uint8Array(4))],
    ['tensor "w" has no valid data_offsets', withHeader(entry({ data_offsets: [0] }), new Uint8Array(4))],
    ['tensor "w" of shape [2] takes bytes 0 to 4; expected 8 bytes', withHeader(entry({ shape: [2] }), new Uint8Array(4))],
    ['tensor "w" starts at byte 4 of the data; expected 0', withHeader(entry({ data_offsets: [4, 8] }), new Uint8Array(8))],
    ['5 bytes of data follow its header; expected the 4', withHeader(entry({}), new Uint8Array(5))],
  ])('%s', (message, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test('reads float64, and bytes at any offset of a buffer', () => {
    const header = JSON.stringify({ w: { dtype: 'F64', shape: [2], data_offsets: [0, 16] } });
    const bytes = withHeader(header, new Uint8Array(Float64Array.of(0.5, -2).buffer));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect([...readSafetensors(shifted.subarray(3)).tensors.get('w')!.values]).toEqual([0.5, -2]);
  });

  test('what cannot be written is refused', () => {
    const wrong = new Map([['w', { shape: [3], values: new Float32Array(2) }]]);
    expect(() => writeSafetensors(wrong)).toThrow('"w" of shape [3] has 2 values');
  });
});
