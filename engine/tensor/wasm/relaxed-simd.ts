/** `() -> v128`: a module that holds one `f32x4.relaxed_madd`, and whose function is never called. */
const PROBE = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
  ...[1, 5, 1, 0x60, 0, 1, 0x7b], // types
  ...[3, 2, 1, 0], // functions
  ...[10, 19, 1, 17, 0, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x0b], // code
];

/** Whether this engine compiles relaxed SIMD: multiply-adds that are rounded once where the processor has them. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(Uint8Array.from(PROBE));
}
