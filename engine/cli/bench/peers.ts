import { findUpwards, programOutput } from '../run-program';

/** What a peer script printed. */
export interface PeerResult {
  readonly peer: string;
  readonly version: string;
  readonly blas: string;
  readonly threads: number;
  readonly updatesPerSecond: number;
  readonly python: string;
}

const PYTHONS = ['python3', '/usr/bin/python3'];

/** Runs a script of test/bench/peers with the first python3 that has torch; null where none has. */
export async function runPeer(script: string, args: readonly string[]): Promise<PeerResult | null> {
  const path = findUpwards(`test/bench/peers/${script}`);
  if (path === null) return null;
  for (const python of PYTHONS) {
    if ((await programOutput(python, ['-c', 'import torch; print(torch.__version__)'], 60_000)) === null) continue;
    const printed = await programOutput(python, [path, ...args], 300_000);
    if (printed !== null) return { ...(JSON.parse(printed.trim().split('\n').at(-1)!) as Omit<PeerResult, 'python'>), python };
  }
  return null;
}
