import { type Dispatch, type KernelCall, threadsOf } from '../dispatch';

/** A table of kernels holds 16,384 words; some are kept for its ends. */
const MOST_WORDS = 16_000;

/** Independent kernels as few dispatches: those that may be side by side, as far as a device binds them. */
export function joinCalls(calls: readonly KernelCall[], mostBuffers: number): Dispatch[] {
  const dispatches: Dispatch[] = [];
  const companies = [...new Set(calls.map(companyOf))];
  for (const company of companies) {
    let joint: KernelCall[] = [];
    const buffers = new Set<string>();
    let words = 0;
    const flush = () => {
      if (joint.length === 1) dispatches.push({ form: 'kernel', call: joint[0]! });
      else if (joint.length > 1)
        dispatches.push({ form: 'joint', calls: joint, label: [...new Set(joint.map(({ label }) => label))].join(', ') });
      joint = [];
      buffers.clear();
      words = 0;
    };
    for (const call of calls) {
      if (companyOf(call) !== company) continue;
      const own = buffersOf(call);
      const total = new Set([...buffers, ...own]).size + 1;
      const record = recordSize(call);
      if (total > mostBuffers || words + record > MOST_WORDS) flush();
      joint.push(call);
      for (const buffer of own) buffers.add(buffer);
      words += record;
    }
    flush();
  }
  return dispatches;
}

/** Kernels that may share a dispatch: as many threads; those that fill workgroup memory only with their like. */
function companyOf(call: KernelCall): string {
  return call.shader.name.startsWith('mamba-block') ? call.shader.name : `${threadsOf(call)}`;
}

function recordSize(call: KernelCall): number {
  return 12 + 2 * call.operands.length + 2 * call.indices.length + Object.keys(call.uniforms).length;
}

function buffersOf(call: KernelCall): string[] {
  return call.operands.flatMap((view) => (view ? [view.space === 'variable' ? `variable:${view.group}` : view.space] : []));
}
