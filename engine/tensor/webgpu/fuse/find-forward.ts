import type { View } from '../../plan';
import { dealingFor, type MambaBlock, quadsOf, runsAtOnce } from './block';
import { isAdd, type Surroundings } from './surroundings';
import { sameView } from './tensors';

/**
 * The Mamba block around a scan: norm, (reversal,) in-projection, convolution, selection, step, scan, out-projection,
 * (reversal,) residual. Null if the launches around it are anything else, or do not fit into a workgroup.
 */
export function forwardBlockAt(l: number, around: Surroundings, memory: number): MambaBlock | null {
  const scan = around.at(l, 'selective-scan');
  const [u, delta, aLog, b, c, d, z] = scan?.inputs ?? [];
  if (!scan || !z) return null;
  const segments = around.list(scan, 0);
  const quads = quadsOf(segments);
  const convolution = around.at(around.writerOf(u!), 'causal-conv');
  const step = around.productAt(around.writerOf(delta!), 'nt');
  const select = around.productAt(around.writerOf(b!), 'nt');
  const project = around.productAt(around.writerOf(z), 'nt');
  const outAt = around.readerOf(scan.outputs[0]!, (launch) => launch.kernel === 'matmul' && launch.attributes.variant === 'nt');
  const out = around.productAt(outAt, 'nt');
  if (quads === null || !convolution || !step || !select || !project || !out) return null;
  if (convolution.attributes.activation !== 'silu' || !step.inputs[2]) return null;
  if (select.inputs[2] || project.inputs[2] || out.inputs[2]) return null;

  // Norm before and residual after, with a reversal inside of both where the block reads backward.
  const tokens = project.inputs[0]!;
  let normAt = around.writerOf(tokens);
  const launches = [around.writerOf(u!), around.writerOf(delta!), around.writerOf(b!), around.writerOf(z), l, outAt];
  let mixed = out.outputs[0]!;
  const gather = around.at(normAt, 'gather-rows');
  const reversed = gather !== null;
  if (gather) {
    const back = around.readerOf(mixed, (launch) => launch.kernel === 'gather-rows');
    const backGather = around.at(back, 'gather-rows');
    if (!backGather || !around.reverses(gather, segments) || !around.reverses(backGather, segments)) return null;
    launches.push(normAt, back);
    normAt = around.writerOf(gather.inputs[0]!);
    mixed = backGather.outputs[0]!;
  }
  const norm = around.at(normAt, 'rms-norm');
  const addAt = around.readerOf(mixed, isAdd);
  const add = around.at(addAt, 'elementwise');
  const x = norm?.inputs[0];
  if (!norm || !add || !x || !add.inputs.some((view) => sameView(view!, x))) return null;
  launches.push(normAt, addAt);

  const selection = select.outputs[0]!;
  const projected = project.outputs[0]!;
  const [states, rank, inner] = [aLog!.columns, step.attributes.k, u!.columns];
  const { groups } = scan.attributes;
  const shape = {
    groups,
    width: project.attributes.k,
    inner,
    states,
    rank,
    taps: convolution.attributes.width,
    quads,
    eps: norm.attributes.eps,
    reversed,
  };
  const fits =
    [convolution, step, select, project, out, norm].every((launch) => launch.attributes.groups === groups) &&
    selection.columns === rank + 2 * states &&
    step.inputs[0]!.offset === selection.offset &&
    b!.offset === selection.offset + rank &&
    c!.offset === selection.offset + rank + states &&
    projected.columns === 2 * inner &&
    convolution.inputs[0]!.offset === projected.offset &&
    z.offset === projected.offset + inner &&
    sameView(select.inputs[0]!, convolution.outputs[0]!) &&
    out.attributes.n === shape.width &&
    dealingFor('forward', shape, memory) !== null;
  if (!fits) return null;
  const weights = {
    norm: norm.inputs[1]!,
    inProjection: project.inputs[1]!,
    convolution: convolution.inputs[1]!,
    convolutionBias: convolution.inputs[2]!,
    selection: select.inputs[1]!,
    step: step.inputs[1]!,
    stepBias: step.inputs[2],
    aLog: aLog!,
    skip: d!,
    outProjection: out.inputs[1]!,
  };
  const inside = new Set(launches);
  if (inside.size !== launches.length || !Object.values(weights).every((view) => view.space === 'variable')) return null;
  // Values that exist nowhere but in the workgroup.
  const hidden: View[] = gather ? [norm.outputs[0]!, out.outputs[0]!] : [out.outputs[0]!];
  if (hidden.some((view) => around.neededOutside(view, inside)) || !runsAtOnce(launches, around)) return null;
  const stored = (view: View) => (around.neededOutside(view, inside) ? view : null);
  return {
    direction: 'forward',
    launches,
    scan,
    shape,
    weights,
    views: {
      x,
      tokens: stored(tokens),
      projected: stored(projected),
      u: stored(convolution.outputs[0]!),
      selection: stored(selection),
      delta: stored(delta!),
      y: stored(scan.outputs[0]!),
      result: add.outputs[0]!,
    },
    residual: true,
    sums: [],
  };
}
