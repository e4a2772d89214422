import { findUpwards, programOutput } from '../run-program';

/** What a peer script printed: one line of JSON a variant. */
export interface PeerResult {
  readonly peer: string;
  readonly version: string;
  readonly blas: string;
  readonly threads: number;
  readonly updatesPerSecond: number;
  readonly python: string;
}

const PYTHONS = ['python3', '/usr/bin/python3'];
const TEN_MINUTES = 600_000;

/** Runs a script of test/bench/peers with the first python3 that has torch; empty where none has. */
export async function runPeers<Result extends { readonly python: string }>(
  script: string,
  args: readonly string[],
): Promise<Result[]> {
  const path = findUpwards(`test/bench/peers/${script}`);
  if (path === null) return [];
  for (const python of PYTHONS) {
    if ((await programOutput(python, ['-c', 'import torch; print(torch.__version__)'], 60_000)) === null) continue;
    const printed = await programOutput(python, [path, ...args], TEN_MINUTES);
    if (printed === null) continue;
    const lines = printed.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => ({ ...(JSON.parse(line) as object), python }) as Result);
  }
  return [];
}
