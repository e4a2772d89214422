/** A number at a step, for a TensorBoard event file. */
export interface ScalarPoint {
  readonly tag: string;
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly value: number;
}

/**
 * A TensorBoard event file: TFRecords (length, masked CRC-32C of the length, data, masked CRC-32C of the data; little
 * endian) that hold `Event` messages of tensorflow/core/util/event.proto. Values are single precision, as there.
 */
export function toTensorBoard(points: readonly ScalarPoint[], created: number): Uint8Array {
  const version = [...doubleField(1, created), ...bytesField(3, utf8('brain.Event:2'))];
  return concatenate([record(Uint8Array.from(version)), ...points.map((point) => record(scalarEvent(point)))]);
}

function scalarEvent({ tag, step, wallTime, value }: ScalarPoint): Uint8Array {
  const summaryValue = [...bytesField(1, utf8(tag)), ...floatField(2, value)];
  const summary = bytesField(1, summaryValue);
  return Uint8Array.from([...doubleField(1, wallTime), ...key(2, 0), ...varint(step), ...bytesField(5, summary)]);
}

/** Protocol buffers: field numbers and wire types 0 (varint), 1 (64 bit), 2 (length and bytes), 5 (32 bit). */
function key(field: number, wireType: number): number[] {
  return varint(field * 8 + wireType);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function bytesField(field: number, bytes: readonly number[]): number[] {
  return [...key(field, 2), ...varint(bytes.length), ...bytes];
}

function doubleField(field: number, value: number): number[] {
  return [...key(field, 1), ...new Uint8Array(Float64Array.of(value).buffer)];
}

function floatField(field: number, value: number): number[] {
  return [...key(field, 5), ...new Uint8Array(Float32Array.of(value).buffer)];
}

function utf8(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return bytes;
}

function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  return ~crc >>> 0;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
