import { OhmbaError } from './errors';

/**
 * JSON that gives back exactly what went in: also NaN, infinities, -0, maps and typed arrays (as base64 of their
 * little-endian bytes). For state that must survive bit for bit. A key `$` of a plain object is reserved.
 */
export function toExactJson(value: unknown): string {
  return JSON.stringify(value, (_key, given: unknown) => {
    if (typeof given === 'number')
      return Number.isFinite(given) && !Object.is(given, -0) ? given : { $: 'number', text: nameOf(given) };
    if (given instanceof Map) return { $: 'map', entries: [...given] };
    if (ArrayBuffer.isView(given)) return packed(given);
    if (isTagged(given)) throw reservedKey();
    return given;
  });
}

/** @throws OhmbaError for a text that `toExactJson` did not write */
export function fromExactJson(text: string): unknown {
  return JSON.parse(text, (_key, given) => (isTagged(given) ? unpacked(given) : given));
}

const ARRAYS = { Uint8Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array } as const;

interface Tagged {
  readonly $: unknown;
  readonly [key: string]: unknown;
}

function isTagged(value: unknown): value is Tagged {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, '$');
}

function nameOf(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function packed(view: ArrayBufferView): Tagged {
  const kind = Object.keys(ARRAYS).find((name) => view instanceof ARRAYS[name as keyof typeof ARRAYS]);
  if (kind === undefined) throw reservedKey();
  return { $: kind, bytes: toBase64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) };
}

function unpacked({ $: kind, text, entries, bytes }: Tagged): unknown {
  if (kind === 'number' && typeof text === 'string') return Number(text);
  if (kind === 'map' && Array.isArray(entries)) return new Map(entries as [unknown, unknown][]);
  if (typeof kind === 'string' && Object.hasOwn(ARRAYS, kind) && typeof bytes === 'string') {
    return new ARRAYS[kind as keyof typeof ARRAYS](fromBase64(bytes).buffer as ArrayBuffer);
  }
  throw new OhmbaError({
    what: `stored state holds a value of kind ${JSON.stringify(kind)}`,
    expected: `number, map, ${Object.keys(ARRAYS).join(', ')}`,
    todo: 'store it again',
  });
}

const CHUNK = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function reservedKey(): OhmbaError {
  return new OhmbaError({
    what: 'state to be stored holds a key "$" or an array of an unknown kind',
    expected: 'plain data, maps and arrays of u8, u16, i32, u32, f32, f64',
    todo: 'use another key or kind',
  });
}
