import { type Chain, type Dispatch, type KernelCall, threadsOf } from '../dispatch';

/** A table of kernels holds 16,384 words; some are kept for its ends. */
const MOST_WORDS = 16_000;

/** Independent chains as few dispatches: those that may be side by side, as far as a device binds them. */
export function joinChains(chains: readonly Chain[], mostBuffers: number): Dispatch[] {
  const dispatches: Dispatch[] = [];
  const companies = [...new Set(chains.map(companyOf))];
  for (const company of companies) {
    let joint: Chain[] = [];
    const buffers = new Set<string>();
    let words = 0;
    const flush = () => {
      const calls = joint.flat();
      if (calls.length === 1) dispatches.push({ form: 'kernel', call: calls[0]! });
      else if (calls.length > 1)
        dispatches.push({ form: 'joint', chains: joint, label: [...new Set(calls.map(({ label }) => label))].join(', ') });
      joint = [];
      buffers.clear();
      words = 0;
    };
    for (const chain of chains) {
      if (companyOf(chain) !== company) continue;
      const own = chain.flatMap(buffersOf);
      const total = new Set([...buffers, ...own]).size + 1;
      const record = chain.reduce((size, call) => size + recordSize(call), 0);
      if (total > mostBuffers || words + record > MOST_WORDS) flush();
      joint.push(chain);
      for (const buffer of own) buffers.add(buffer);
      words += record;
    }
    flush();
  }
  return dispatches;
}

/** Chains that may share a dispatch: as many threads; those that fill workgroup memory only with their like. */
function companyOf(chain: Chain): string {
  const block = chain.find(({ shader }) => shader.name.startsWith('mamba-block'));
  return block ? block.shader.name : `${threadsOf(chain[0]!)}`;
}

function recordSize(call: KernelCall): number {
  return 14 + 2 * call.operands.length + 2 * call.indices.length + Object.keys(call.uniforms).length;
}

function buffersOf(call: KernelCall): string[] {
  return call.operands.flatMap((view) => (view ? [view.space === 'variable' ? `variable:${view.group}` : view.space] : []));
}
