/** A column with more room, that begins with what is in it. */
export function larger<T extends Float32Array | Int32Array | Uint8Array>(column: T, length: number): T {
  const grown = new (column.constructor as new (length: number) => T)(length);
  grown.set(column);
  return grown;
}
