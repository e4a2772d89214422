import type { LaunchOf, View } from '../../plan';
import { INNER_WIDTHS, isAdd, lookAround, type MambaBlock, quadsOf, type Surroundings, sameView, soleReader } from './mamba';

/** The gradients of a Mamba block around the backward pass of its scan; operands of shaders/stage-mamba-backward.wgsl. */
export function backwardBlockAround(scan: number, stage: ReadonlySet<number>, around: Surroundings): MambaBlock | null {
  const { launches, readers, kept, plan } = around;
  const scanLaunch = launches[scan] as LaunchOf<'selective-scan-backward'>;
  const [u, delta, aLog, b, c, d, z, dyg] = scanLaunch.inputs;
  const [du, ddelta, , db, dc, , dz] = scanLaunch.outputs;
  if (!z || !du || !ddelta || !db || !dc || !dz) return null;
  const { tensorOf, writerOf, kernelAt, linearAt } = lookAround(stage, around);
  const readerOf = (l: number, view: View, kernel: 'matmul' | 'elementwise' | 'causal-conv-backward' | 'rms-norm-backward') =>
    soleReader(l, view, kernel, around, stage);

  // dy·Wout before; then ddelta·Wdt, dselection·Wx, their sum with du, the convolution, dprojected·Win.
  const outProjection = writerOf(scan, dyg!);
  const outLaunch = linearAt(outProjection, 'nn');
  const dt = readerOf(scan, ddelta, 'matmul');
  const dtLaunch = linearAt(dt, 'nn');
  if (!outLaunch || !dtLaunch) return null;
  const sum = readerOf(scan, du, 'elementwise');
  const sumLaunch = kernelAt(sum, 'elementwise');
  if (!sumLaunch || !isAdd(sumLaunch)) return null;
  const xProjection = writerOf(sum, sumLaunch.inputs.find((view) => !sameView(view!, du))!);
  const xLaunch = linearAt(xProjection, 'nn');
  const conv = readerOf(sum, sumLaunch.outputs[0]!, 'causal-conv-backward');
  const convLaunch = kernelAt(conv, 'causal-conv-backward');
  if (!xLaunch || !convLaunch || convLaunch.attributes.activation !== 'silu') return null;
  const dx = convLaunch.outputs[0];
  if (!dx) return null;
  const inProjection = readerOf(conv, dx, 'matmul');
  const inLaunch = linearAt(inProjection, 'nn');
  if (!inLaunch) return null;

  const dselection = xLaunch.inputs[0]!;
  const dprojected = inLaunch.inputs[0]!;
  const dy = outLaunch.inputs[0]!;
  const states = aLog!.columns;
  const rank = dtLaunch.attributes.n;
  const inner = u!.columns;
  const width = inLaunch.attributes.n;
  const { groups } = scanLaunch.attributes;
  const sameGroups = [outLaunch, dtLaunch, xLaunch, convLaunch, inLaunch].every((launch) => launch.attributes.groups === groups);
  const slices =
    dselection.columns === rank + 2 * states &&
    dtLaunch.outputs[0]!.offset === dselection.offset &&
    db.offset === dselection.offset + rank &&
    dc.offset === dselection.offset + rank + states &&
    c!.offset === b!.offset + states &&
    dprojected.columns === 2 * inner &&
    dx.offset === dprojected.offset &&
    dz.offset === dprojected.offset + inner &&
    z.offset === convLaunch.inputs[0]!.offset + inner &&
    sameView(convLaunch.inputs[3]!, sumLaunch.outputs[0]!);
  const weights = [
    outLaunch.inputs[1],
    dtLaunch.inputs[1],
    xLaunch.inputs[1],
    inLaunch.inputs[1],
    convLaunch.inputs[1],
    convLaunch.inputs[2],
    aLog,
    d,
  ];
  const fits = INNER_WIDTHS.includes(inner) && width <= inner && dselection.columns <= 256 && convLaunch.attributes.width <= 8;
  if (!sameGroups || !slices || !fits || !weights.every((view) => view!.space === 'variable')) return null;
  const quads = quadsOf(plan, scanLaunch);
  let shares = 1;
  while (4 * shares < states) shares *= 2;
  if (quads === null || shares > 16 || memoryOf(inner, rank + 2 * states, quads) > around.memory) return null;

  // The norm, and the residual's gradient beside it, where both are this block's alone.
  const dtokens = inLaunch.outputs[0]!;
  const group = [outProjection, scan, dt, xProjection, sum, conv, inProjection];
  const norm = readerOf(inProjection, dtokens, 'rms-norm-backward');
  const normLaunch = kernelAt(norm, 'rms-norm-backward');
  let result = { launch: inProjection, view: dtokens };
  let fusedNorm: LaunchOf<'rms-norm-backward'> | null = null;
  if (
    normLaunch &&
    normLaunch.attributes.groups === groups &&
    normLaunch.inputs[1]!.space === 'variable' &&
    sameView(normLaunch.inputs[2]!, dtokens)
  ) {
    const residual = readerOf(norm, normLaunch.outputs[0]!, 'elementwise');
    const add = kernelAt(residual, 'elementwise');
    if (add && isAdd(add) && add.inputs.some((view) => sameView(view!, dy))) {
      fusedNorm = normLaunch;
      group.push(norm, residual);
      result = { launch: residual, view: add.outputs[0]! };
    }
  }

  const inside = new Set(group);
  const neededOutside = (l: number, view: View): boolean => {
    const tensor = tensorOf(l, view);
    return kept(tensor) || (readers.get(tensor) ?? []).some((reader) => !inside.has(reader));
  };
  // Nothing but dselection, ddelta, p and the sums may be read elsewhere.
  const hidden: readonly (readonly [number, View])[] = [
    [outProjection, outLaunch.outputs[0]!],
    [scan, du],
    [xProjection, xLaunch.outputs[0]!],
    [sum, sumLaunch.outputs[0]!],
    ...(fusedNorm
      ? ([
          [inProjection, dtokens],
          [norm, fusedNorm.outputs[0]!],
        ] as const)
      : []),
  ];
  if (hidden.some(([l, view]) => neededOutside(l, view))) return null;
  const input = (launch: number, view: View) => ({ launch, view });
  const output = (launch: number, view: View | null | undefined) =>
    view && neededOutside(launch, view) ? { launch, view } : null;
  const projected: View = { ...convLaunch.inputs[0]!, columns: 2 * inner };
  const selection: View = { ...b!, offset: b!.offset - rank, columns: rank + 2 * states };
  const operands = [
    input(outProjection, dy),
    fusedNorm ? input(norm, fusedNorm.inputs[0]!) : null,
    fusedNorm ? input(norm, fusedNorm.inputs[1]!) : null,
    { ...input(conv, convLaunch.inputs[0]!), wider: projected },
    input(scan, u!),
    { ...input(scan, b!), wider: selection },
    input(scan, delta!),
    input(scan, aLog!),
    input(scan, d!),
    input(conv, convLaunch.inputs[1]!),
    input(conv, convLaunch.inputs[2]!),
    input(outProjection, outLaunch.inputs[1]!),
    input(dt, dtLaunch.inputs[1]!),
    input(xProjection, xLaunch.inputs[1]!),
    input(inProjection, inLaunch.inputs[1]!),
    input(inProjection, dprojected),
    output(xProjection, dselection) ?? null,
    output(scan, ddelta),
    output(scan, scanLaunch.outputs[2]),
    output(scan, scanLaunch.outputs[5]),
    output(conv, convLaunch.outputs[1]),
    output(conv, convLaunch.outputs[2]),
    fusedNorm ? output(norm, fusedNorm.outputs[1]) : null,
    result,
  ];
  return {
    shader: 'stage-mamba-backward',
    launches: group.sort((p, q) => p - q),
    scan,
    groups,
    eps: fusedNorm?.attributes.eps ?? 0,
    normed: fusedNorm !== null,
    constants: { W: width, D: inner, N: states, RANK: rank, TAPS: convLaunch.attributes.width, QUADS: quads, SHARES: shares },
    operands,
    weights: new Map([...(fusedNorm ? [2] : []), 7, 8, 9, 10, 11, 12, 13, 14].map((i) => [i, 0])),
    stored: [16, 17, 18, 19, 20, 21, 22],
    segmentOfRow: scanLaunch.index[0]!,
  };
}

/** Bytes of workgroup memory of the kernel. */
function memoryOf(inner: number, selection: number, quads: number): number {
  const tile = 2 * Math.max(inner, selection) * quads + Math.max(1024, 128 * quads);
  return 16 * tile + 2 * 4 * 4 * quads * selection + 256;
}
