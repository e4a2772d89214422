import type { Launch, View } from '../../plan';
import { dealingFor, type MambaBlock, quadsOf, runsAtOnce } from './block';
import { isAdd, type Surroundings } from './surroundings';
import { sameView } from './tensors';

/**
 * The gradients of a Mamba block around the backward pass of its scan: through out-projection, gate and scan, selection,
 * convolution, in-projection, norm and residual. Null if the launches around it are anything else, or do not fit.
 */
export function backwardBlockAt(l: number, around: Surroundings, memory: number): MambaBlock | null {
  const scan = around.at(l, 'selective-scan-backward');
  const [u, delta, aLog, b, , d, z, dyg] = scan?.inputs ?? [];
  const [du, ddelta, daLog, db, dc, dd, dz] = scan?.outputs ?? [];
  if (!scan || !z || !du || !ddelta || !db || !dc || !dz) return null;
  const segments = around.list(scan, 0);
  const quads = quadsOf(segments);
  const outAt = around.writerOf(dyg!);
  const out = around.productAt(outAt, 'nn');
  const stepAt = around.readerOf(ddelta, (launch) => launch.kernel === 'matmul' && launch.attributes.variant === 'nn');
  const step = around.productAt(stepAt, 'nn');
  const sumAt = around.readerOf(du, isAdd);
  const sum = around.at(sumAt, 'elementwise');
  if (quads === null || !out || !step || !sum) return null;
  const selectAt = around.writerOf(sum.inputs.find((view) => !sameView(view!, du))!);
  const select = around.productAt(selectAt, 'nn');
  const convolutionAt = around.readerOf(sum.outputs[0]!, (launch) => launch.kernel === 'causal-conv-backward');
  const convolution = around.at(convolutionAt, 'causal-conv-backward');
  const dx = convolution?.outputs[0];
  if (!select || !convolution || !dx || convolution.attributes.activation !== 'silu') return null;
  const projectAt = around.readersOf(dx).find((reader) => around.productAt(reader, 'nn')?.inputs[0]?.offset === dx.offset);
  const project = around.productAt(projectAt ?? -1, 'nn');
  if (!project) return null;

  const dyOrdered = out.inputs[0]!;
  const reversal = around.at(around.writerOf(dyOrdered), 'gather-rows');
  const reversed = reversal !== null && around.reverses(reversal, segments);
  const dy = reversed ? reversal.inputs[0]! : dyOrdered;
  const launches = [outAt, l, stepAt, sumAt, selectAt, convolutionAt, projectAt!];
  if (reversed) launches.push(around.writerOf(dyOrdered));

  // The norm, and the residual's gradient where nothing else is done in the same breath.
  let dtokens = project.outputs[0]!;
  const hidden: View[] = [out.outputs[0]!, du, select.outputs[0]!, sum.outputs[0]!, dtokens];
  if (reversed) {
    const back = around.readerOf(dtokens, (launch) => around.reverses(launch, segments));
    if (back < 0) return null;
    launches.push(back);
    dtokens = around.wide.launches[back]!.outputs[0]!;
    hidden.push(dtokens);
  }
  const normAt = around.readerOf(dtokens, (launch) => launch.kernel === 'rms-norm-backward');
  const norm = around.at(normAt, 'rms-norm-backward');
  const dnorm = norm?.outputs[0];
  if (!norm || !dnorm || !sameView(norm.inputs[2]!, dtokens)) return null;
  launches.push(normAt);
  const addAt = around.readerOf(dnorm, (launch: Launch) => isAdd(launch) && launch.inputs.some((view) => sameView(view!, dy)));
  const add = around.at(addAt, 'elementwise');
  const residual = add !== null && !around.neededOutside(dnorm, new Set([addAt]));
  if (residual) launches.push(addAt);

  const dselection = select.inputs[0]!;
  const dprojected = project.inputs[0]!;
  const [states, rank, inner] = [aLog!.columns, step.attributes.n, u!.columns];
  const { groups } = scan.attributes;
  const shape = {
    groups,
    width: project.attributes.n,
    inner,
    states,
    rank,
    taps: convolution.attributes.width,
    quads,
    eps: norm.attributes.eps,
    reversed,
  };
  const c = scan.inputs[4]!;
  const fits =
    [out, step, select, convolution, project, norm].every((launch) => launch.attributes.groups === groups) &&
    dselection.columns === rank + 2 * states &&
    step.outputs[0]!.offset === dselection.offset &&
    db.offset === dselection.offset + rank &&
    dc.offset === dselection.offset + rank + states &&
    c.offset === b!.offset + states &&
    dprojected.columns === 2 * inner &&
    dx.offset === dprojected.offset &&
    dz.offset === dprojected.offset + inner &&
    z.offset === convolution.inputs[0]!.offset + inner &&
    sameView(convolution.inputs[3]!, sum.outputs[0]!) &&
    out.attributes.k === shape.width &&
    dealingFor('backward', shape, memory) !== null;
  if (!fits) return null;
  // The forward pass made delta from the step that lies before B; its bias is that product's.
  const forwardStep = around.productAt(around.writerOf(delta!), 'nt');
  const stepBias = forwardStep?.inputs[2];
  const stored = b!.offset - rank;
  if (!forwardStep || !stepBias || forwardStep.inputs[0]!.offset !== stored || !sameView(forwardStep.inputs[1]!, step.inputs[1]!))
    return null;
  const weights = {
    norm: norm.inputs[1]!,
    inProjection: project.inputs[1]!,
    convolution: convolution.inputs[1]!,
    convolutionBias: convolution.inputs[2]!,
    selection: select.inputs[1]!,
    step: step.inputs[1]!,
    stepBias,
    aLog: aLog!,
    skip: d!,
    outProjection: out.inputs[1]!,
  };
  const inside = new Set(launches);
  if (inside.size !== launches.length || !Object.values(weights).every((view) => view.space === 'variable')) return null;
  if (residual) hidden.push(dnorm);
  if (hidden.some((view) => around.neededOutside(view, inside)) || !runsAtOnce(launches, around)) return null;
  const wanted = (view: View | null | undefined) => (view && around.neededOutside(view, inside) ? view : null);
  const sums = [
    { part: 'da_part', columns: inner * states, output: wanted(daLog) },
    { part: 'dd_part', columns: inner, output: wanted(dd) },
    { part: 'dweight_part', columns: inner * shape.taps, output: wanted(convolution.outputs[1]) },
    { part: 'dbias_part', columns: inner, output: wanted(convolution.outputs[2]) },
  ];
  return {
    direction: 'backward',
    launches,
    scan,
    shape,
    weights,
    views: {
      dy,
      x: norm.inputs[0]!,
      projected: { ...convolution.inputs[0]!, columns: 2 * inner },
      u: u!,
      delta: delta!,
      selection: { ...b!, offset: stored, columns: rank + 2 * states },
      dy_ordered: reversed ? wanted(dyOrdered) : null,
      dprojected: wanted(dprojected),
      dselection: wanted(dselection),
      ddelta: wanted(ddelta),
      p: wanted(norm.outputs[1]),
      dresult: residual ? add.outputs[0]! : dnorm,
    },
    residual,
    sums: sums.flatMap(({ output, ...sum }) => (output ? [{ ...sum, output }] : [])),
  };
}
