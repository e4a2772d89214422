import type { Launch, LaunchOf } from '../plan';
import { access, type Block, bytes, combine, NOTHING, padded } from './encode-views';
import { check, type Encoding, type Entry, type Region } from './entry';
import { SCAN_SAVED } from './saved';

/** Partial sums a group, at most. Part of the result's definition: never make it depend on threads. */
export const SEGMENT_CHUNKS = 16;
/** `RECORD` of kernels/selective-scan-backward.ts. */
const SCAN_RECORD = 80;

interface Runs {
  /** Triples (first segment, end, group). */
  readonly list: number[];
  readonly perGroup: number;
  readonly count: number;
  readonly longest: number;
}

/** Cuts each group's segments into the same number of runs: by shapes alone, since runs define partial sums. */
function segmentRuns(launch: Launch, segments: Int32Array, rows: number, groups: number, most: number): Runs {
  const count = segments.length - 1;
  check(count >= 0 && segments[0] === 0 && segments[count] === rows, launch, `segments must run from row 0 to row ${rows}`);
  const bounds = [0];
  let longest = 0;
  for (let s = 0; s < count; s++) {
    const length = segments[s + 1]! - segments[s]!;
    check(length >= 0, launch, `segment ${s} ends before it starts`);
    longest = Math.max(longest, length);
    const edge = (rows / groups) * bounds.length;
    check(segments[s]! >= edge || segments[s + 1]! <= edge, launch, `segment ${s} lies across the border of two groups`);
    if (bounds.length < groups && segments[s + 1]! >= edge) bounds.push(s + 1);
  }
  while (bounds.length <= groups) bounds.push(count);
  let perGroup = 1;
  for (let g = 0; g < groups; g++) perGroup = Math.max(perGroup, Math.min(most, bounds[g + 1]! - bounds[g]!));
  const list: number[] = [];
  for (let g = 0; g < groups; g++) {
    const size = bounds[g + 1]! - bounds[g]!;
    for (let i = 0; i < perGroup; i++) {
      list.push(bounds[g]! + Math.floor((i * size) / perGroup), bounds[g]! + Math.floor(((i + 1) * size) / perGroup), g);
    }
  }
  return { list, perGroup, count: groups * perGroup, longest };
}

export function causalConv(launch: LaunchOf<'causal-conv'> | LaunchOf<'causal-conv-backward'>, to: Encoding): Entry[] {
  const { groups, width, activation } = launch.attributes;
  const views = access(launch, to);
  const x = views.input(0);
  const weight = views.input(1);
  const bias = views.input(2);
  const { rows, columns } = views.inputView(0);
  const segments = to.index(0);
  const row = padded(columns) * 4;
  const scratch = groups * (width + 1) * row;
  const backward = launch.kernel === 'causal-conv-backward';
  const ahead = segmentRuns(launch, segments.values, rows, groups, 64);
  const shared = [columns, width, activation === 'silu' ? 1 : 0, groups];
  shared.push(x.pointer, x.ld, weight.pointer, weight.ld, bias.pointer, bias.ld);
  const forward = (y: Block, saved: Region | null): Entry => ({
    kernel: 'causal-conv',
    tasks: ahead.count,
    words: [to.list(ahead.list), segments.address, ...shared, y.pointer, y.ld, saved?.start ?? 0],
    reads: [...views.reads],
    writes: saved ? [...views.writes, saved] : views.writes,
    scratch,
    listWord: 0,
  });
  const { saved } = to;
  if (!backward) return [forward(views.output(0), saved?.region ?? null)];
  const entries: Entry[] = saved?.byGradient ? [forward(NOTHING, saved.region)] : [];
  const runs = segmentRuns(launch, segments.values, rows, groups, SEGMENT_CHUNKS);
  const dy = views.input(3);
  const dx = views.optionalOutput(0);
  const size = (width + 1) * row;
  const partial = to.partial(runs.count * size);
  entries.push({
    kernel: launch.kernel,
    tasks: runs.count,
    words: [
      ...[to.list(runs.list), segments.address, ...shared, dx.pointer, dx.ld, saved?.region.start ?? 0],
      ...[dy.pointer, dy.ld, partial.start, size],
    ],
    reads: saved ? [...views.reads, saved.region] : views.reads,
    writes: [...views.writes, partial],
    scratch: scratch + runs.longest * 16,
    listWord: 0,
  });
  const shape = { partial, chunkStride: size, chunks: runs.perGroup, groups };
  const [, dweight, dbias] = launch.outputs;
  if (dweight) entries.push(combine(to, dweight, { ...shape, rows: columns, columns: width, rowStep: 4, columnStep: row }));
  if (dbias) entries.push(combine(to, dbias, { ...shape, rows: 1, columns, rowStep: 0, columnStep: 4, offset: width * row }));
  return entries;
}

export function selectiveScan(launch: LaunchOf<'selective-scan'> | LaunchOf<'selective-scan-backward'>, to: Encoding): Entry[] {
  const { groups } = launch.attributes;
  const views = access(launch, to);
  const { rows, columns: D } = views.inputView(0);
  const aLog = views.inputView(2);
  const N = aLog.columns;
  const segments = to.index(0);
  const row = padded(D) * 4;
  const ahead = segmentRuns(launch, segments.values, rows, groups, 64);
  const shared = [D, N, groups];
  for (let i = 0; i < 6; i++) {
    const input = views.input(i);
    shared.push(input.pointer, input.ld);
  }
  const z = views.optionalInput(6);
  shared.push(z.pointer, z.ld);
  const { saved } = to;
  shared.push(saved?.region.start ?? 0);
  const forward = (y: Block): Entry => ({
    kernel: 'selective-scan',
    tasks: ahead.count,
    words: [to.list(ahead.list), segments.address, ...shared, y.pointer, y.ld],
    reads: [...views.reads],
    writes: saved ? [...views.writes, saved.region] : views.writes,
    scratch: groups * N * row + ahead.longest * (SCAN_SAVED + 64),
    listWord: 0,
  });
  if (launch.kernel === 'selective-scan') return [forward(views.output(0))];
  check(saved !== null, launch, 'has no place for what its forward pass saves');
  const entries: Entry[] = saved.byGradient ? [forward(NOTHING)] : [];
  const runs = segmentRuns(launch, segments.values, rows, groups, SEGMENT_CHUNKS);
  const dy = views.input(7);
  const words = [to.list(runs.list), segments.address, ...shared, dy.pointer, dy.ld];
  const [du, ddelta, daLog, db, dc, dd, dz] = launch.outputs;
  const writes: Region[] = [];
  for (const view of [du, ddelta, db, dc, dz]) {
    if (view) writes.push(to.region(view));
    words.push(view ? to.address(view) : 0, view ? bytes(view) : 0);
  }
  const size = (N + 1) * row;
  const partial = to.partial(runs.count * size);
  words.push(partial.start, size);
  const scratch = groups * N * row + runs.longest * SCAN_RECORD + (4 * runs.longest + 1) * N * 16;
  const reads = [...views.reads, saved.region];
  entries.push({ kernel: launch.kernel, tasks: runs.count, words, reads, writes: [...writes, partial], scratch, listWord: 0 });
  const shape = { partial, chunkStride: size, chunks: runs.perGroup, groups };
  if (daLog) entries.push(combine(to, daLog, { ...shape, rows: D, columns: N, rowStep: 4, columnStep: row, aLog }));
  if (dd) entries.push(combine(to, dd, { ...shape, rows: 1, columns: D, rowStep: 0, columnStep: 4, offset: N * row }));
  return entries;
}

export function attention(launch: LaunchOf<'attention'> | LaunchOf<'attention-backward'>, to: Encoding): Entry[] {
  const { heads } = launch.attributes;
  const views = access(launch, to);
  const { rows, columns } = views.inputView(0);
  check(columns % heads === 0, launch, `${columns} columns do not divide into ${heads} heads`);
  const segments = to.index(0);
  const runs = segmentRuns(launch, segments.values, rows, 1, 64);
  const words = [to.list(runs.list), segments.address, heads, columns / heads];
  const put = (block: Block) => words.push(block.pointer, block.ld);
  put(views.input(0));
  put(views.input(1));
  put(views.input(2));
  if (launch.kernel === 'attention') put(views.output(0));
  else {
    put(views.input(3));
    for (let o = 0; o < 3; o++) put(views.output(o));
    words.push(runs.longest);
  }
  const scratch = 2 * padded(runs.longest) * 4 + 64;
  return [{ kernel: launch.kernel, tasks: runs.count, words, reads: views.reads, writes: views.writes, scratch, listWord: 0 }];
}
