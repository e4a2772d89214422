/**
 * What one core can do at most in WASM SIMD: 4-lane multiplies and adds in registers, in chains that do not wait for
 * each other. Measured, because clock and ports differ.
 */
const CHAINS = 12;
const ROUNDS = 2_000_000;

/**
 * GFLOP/s of one core; the best of three runs.
 *
 * @param now a clock in milliseconds
 * @param relaxed by `f32x4.relaxed_madd`, else by multiplications and additions
 */
export function measureSimdPeak(now: () => number, relaxed: boolean): number {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(peakModule(relaxed)));
  const spin = instance.exports.spin as (rounds: number) => number;
  spin(ROUNDS / 10);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const start = now();
    spin(ROUNDS);
    best = Math.min(best, now() - start);
  }
  return (ROUNDS * CHAINS * 8) / (best * 1e6);
}

const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const V128 = 0x7b;
const I32 = 0x7f;
const F32 = 0x7d;
const F32X4_SPLAT = [0xfd, 0x13];
const F32X4_EXTRACT = [0xfd, 0x1f, 0];
const F32X4_ADD = [0xfd, 0xe4, 0x01];
const F32X4_MUL = [0xfd, 0xe6, 0x01];
const F32X4_RELAXED_MADD = [0xfd, 0x85, 0x02];

/** `spin(rounds: i32): f32`: locals 1 … CHAINS are accumulators, the two after them a factor below 1 and a term. */
function peakModule(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const chains = Array.from({ length: CHAINS }, (_, i) => i + 1);
  const [factor, term] = [CHAINS + 1, CHAINS + 2];
  const splat = (value: number, local: number) => [0x43, ...floatBytes(value), ...F32X4_SPLAT, LOCAL_SET, local];
  const step = (local: number) =>
    relaxed
      ? [LOCAL_GET, local, LOCAL_GET, factor, LOCAL_GET, term, ...F32X4_RELAXED_MADD, LOCAL_SET, local]
      : [LOCAL_GET, local, LOCAL_GET, factor, ...F32X4_MUL, LOCAL_GET, term, ...F32X4_ADD, LOCAL_SET, local];
  const code = [
    ...[1, CHAINS + 2, V128],
    ...splat(0.9999, factor),
    ...splat(0.5, term),
    ...[0x03, 0x40], // loop
    ...chains.flatMap(step),
    ...[LOCAL_GET, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0], // rounds -= 1; continue while not 0
    0x0b,
    ...[LOCAL_GET, 1, ...chains.slice(1).flatMap((local) => [LOCAL_GET, local, ...F32X4_ADD]), ...F32X4_EXTRACT],
    0x0b,
  ];
  const name = [4, ...new TextEncoder().encode('spin')];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, I32, 1, F32]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name, 0, 0]),
    ...section(10, [1, ...sized(code)]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

/** Content behind its length as LEB128. */
function sized(content: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let left = content.length; ; left >>= 7) {
    bytes.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    if (left <= 0x7f) return [...bytes, ...content];
  }
}

function floatBytes(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}
