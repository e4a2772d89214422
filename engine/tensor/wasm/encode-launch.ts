import type { Launch, LaunchOf } from '../plan';
import { encodeElementwise } from './elementwise';
import { attention, causalConv, SEGMENT_CHUNKS, selectiveScan } from './encode-sequence';
import { access, bytes, clamp, combine, padded } from './encode-views';
import { check, type Encoding, type Entry, floatBits } from './entry';

const ACTIVATIONS = ['none', 'relu', 'tanh', 'silu'] as const;
/** Flops a task should hold: some microseconds, well above the cost of drawing it. */
const TASK_FLOPS = 1 << 18;
/** Rows that one partial sum covers. Part of the result's definition: never make it depend on threads. */
const CHUNK_ROWS = 256;

function matmul(launch: LaunchOf<'matmul'>, to: Encoding): Entry[] {
  const { variant, groups, m, n, k } = launch.attributes;
  const activation = ACTIVATIONS.indexOf(launch.attributes.activation);
  const views = access(launch, to);
  const a = views.input(0);
  const b = views.input(1);
  if (variant === 'tn') {
    const rowsPerChunk = Math.max(CHUNK_ROWS, Math.ceil(k / SEGMENT_CHUNKS / 4) * 4);
    const chunks = Math.max(1, Math.ceil(k / rowsPerChunk));
    // Room for the last tile's overhang in a block's last rows.
    const size = Math.ceil((m * n * 4) / 64) * 64;
    const partial = to.partial(groups * chunks * size);
    // Tiles are wide: a block of few columns is computed as its transpose.
    const flipped = n < 16 && m > n;
    const [left, right, high, wide] = flipped ? [b, a, n, m] : [a, b, m, n];
    const words = [
      groups,
      high,
      wide,
      k,
      left.pointer,
      left.ld,
      right.pointer,
      right.ld,
      partial.start,
      size,
      rowsPerChunk,
      chunks,
    ];
    const steps = flipped ? { rowStep: 4, columnStep: m * 4 } : { rowStep: n * 4, columnStep: 4 };
    const shape = { partial, chunkStride: size, chunks, groups, rows: m, columns: n, ...steps };
    return [
      { kernel: 'matmul-columns', tasks: groups * chunks, words, reads: views.reads, writes: [partial], scratch: 0 },
      combine(to, views.outputView(0), { ...shape, activation, bias: launch.inputs[2] ?? null }),
    ];
  }
  const bias = views.optionalInput(2);
  const c = views.output(0);
  const rowsPerTask = clamp(Math.ceil(TASK_FLOPS / (2 * n * k) / 4) * 4, 8, 256);
  const perGroup = Math.ceil(m / rowsPerTask);
  const transposed = variant === 'nt' ? 1 : 0;
  const words = [transposed, groups, m, n, k, activation, a.pointer, a.ld, b.pointer, b.ld, bias.pointer, bias.ld];
  words.push(c.pointer, c.ld, rowsPerTask, perGroup);
  const scratch = transposed ? groups * ((n + 7) & ~7) * k * 4 : 0;
  return [{ kernel: 'matmul-rows', tasks: groups * perGroup, words, reads: views.reads, writes: views.writes, scratch }];
}

function columnSum(launch: LaunchOf<'column-sum'>, to: Encoding): Entry[] {
  const { groups } = launch.attributes;
  const views = access(launch, to);
  const x = views.input(0);
  const { rows: total, columns } = views.inputView(0);
  const rows = total / groups;
  const rowsPerChunk = Math.max(CHUNK_ROWS, Math.ceil(rows / SEGMENT_CHUNKS));
  const chunks = Math.max(1, Math.ceil(rows / rowsPerChunk));
  const size = Math.ceil(columns / 16) * 64;
  const partial = to.partial(groups * chunks * size);
  const words = [x.pointer, x.ld, rows, columns, partial.start, size, rowsPerChunk, chunks];
  const shape = { partial, chunkStride: size, chunks, groups, rows: 1, columns, rowStep: 0, columnStep: 4 };
  return [
    { kernel: 'column-sum', tasks: groups * chunks, words, reads: views.reads, writes: [partial], scratch: 0 },
    combine(to, views.outputView(0), shape),
  ];
}

function rowSum(launch: LaunchOf<'row-sum'>, to: Encoding): Entry[] {
  const views = access(launch, to);
  const x = views.input(0);
  const y = views.output(0);
  const { rows, columns } = views.inputView(0);
  const perChunk = 4096;
  const chunks = Math.max(1, Math.ceil(columns / perChunk));
  const rowsPerTask = clamp(Math.floor(8192 / Math.max(1, columns)), 1, 1024);
  const blocks = Math.ceil(rows / rowsPerTask);
  if (chunks === 1) {
    const words = [x.pointer, x.ld, rows, columns, y.pointer, y.ld, rowsPerTask, perChunk, 1];
    return [{ kernel: 'row-sum', tasks: blocks, words, reads: views.reads, writes: views.writes, scratch: 0 }];
  }
  const ld = padded(chunks) * 4;
  const partial = to.partial(rows * ld);
  const first = [x.pointer, x.ld, rows, columns, partial.start, ld, rowsPerTask, perChunk, chunks];
  const second = [partial.start, ld, rows, chunks, y.pointer, y.ld, 1024, chunks, 1];
  return [
    { kernel: 'row-sum', tasks: blocks * chunks, words: first, reads: views.reads, writes: [partial], scratch: 0 },
    { kernel: 'row-sum', tasks: Math.ceil(rows / 1024), words: second, reads: [partial], writes: views.writes, scratch: 0 },
  ];
}

function rmsNorm(launch: LaunchOf<'rms-norm'> | LaunchOf<'rms-norm-backward'>, to: Encoding): Entry[] {
  const { groups, eps } = launch.attributes;
  const views = access(launch, to);
  const x = views.input(0);
  const weight = views.input(1);
  const y = views.output(0);
  const { rows: total, columns } = views.inputView(0);
  const rows = total / groups;
  const rowsPerTask = clamp(Math.floor(8192 / columns), 1, 1024);
  const perGroup = Math.ceil(rows / rowsPerTask);
  const words = [
    x.pointer,
    x.ld,
    weight.pointer,
    weight.ld,
    y.pointer,
    y.ld,
    rows,
    columns,
    floatBits(eps),
    rowsPerTask,
    perGroup,
  ];
  if (launch.kernel === 'rms-norm-backward') {
    const dy = views.input(2);
    const p = views.optionalOutput(1);
    words.push(dy.pointer, dy.ld, p.pointer, p.ld);
  }
  return [{ kernel: launch.kernel, tasks: groups * perGroup, words, reads: views.reads, writes: views.writes, scratch: 0 }];
}

function copy(launch: LaunchOf<'copy'>, to: Encoding): Entry[] {
  const views = access(launch, to);
  const x = views.input(0);
  const y = views.output(0);
  const from = views.inputView(0);
  const into = views.outputView(0);
  // The same number of elements under another shape is the same block when both are contiguous.
  const flat = from.rows !== into.rows;
  check(from.rows * from.columns === into.rows * into.columns, launch, 'input and output differ in size');
  const rows = flat ? 1 : from.rows;
  const columns = flat ? from.rows * from.columns : from.columns;
  const columnsPerTask = 16384;
  const rowsPerTask = clamp(Math.floor(16384 / columns), 1, 4096);
  const across = Math.ceil(columns / columnsPerTask);
  const words = [x.pointer, x.ld, y.pointer, y.ld, rows, columns, rowsPerTask, columnsPerTask, across];
  const tasks = Math.ceil(rows / rowsPerTask) * across;
  return [{ kernel: 'copy', tasks, words, reads: views.reads, writes: views.writes, scratch: 0 }];
}

function gatherRows(launch: LaunchOf<'gather-rows'>, to: Encoding): Entry[] {
  const views = access(launch, to);
  const x = views.input(0);
  const y = views.output(0);
  const { rows } = views.inputView(0);
  const out = views.outputView(0);
  const indices = to.index(0);
  const starts = launch.index[1] ? to.index(1) : null;
  const outside = indices.values.findIndex((i) => i < 0 || i >= rows);
  check(outside < 0, launch, `index ${indices.values[outside]} is not a row of its input, which has ${rows}`);
  check((starts?.values.length ?? indices.values.length + 1) >= out.rows + 1, launch, `too few indices for ${out.rows} rows`);
  const bad = starts?.values.findIndex((s) => s < 0 || s > indices.values.length) ?? -1;
  check(bad < 0, launch, `start ${bad} lies outside the ${indices.values.length} indices`);
  const rowsPerTask = clamp(Math.floor(8192 / out.columns), 1, 1024);
  const words = [x.pointer, x.ld, y.pointer, y.ld, out.rows, out.columns, indices.address, starts?.address ?? 0];
  words.push(floatBits(launch.attributes.scale), rowsPerTask);
  const tasks = Math.ceil(out.rows / rowsPerTask);
  return [{ kernel: 'gather-rows', tasks, words, reads: views.reads, writes: views.writes, scratch: 0 }];
}

function poolElements(launch: LaunchOf<'gather-elements'> | LaunchOf<'scatter-elements'>, to: Encoding): Entry[] {
  const gather = launch.kernel === 'gather-elements';
  const views = access(launch, to);
  const pool = gather ? views.inputView(0) : views.outputView(0);
  const values = gather ? views.outputView(0) : views.inputView(0);
  const slots = views.inputView(1);
  const triples = to.index(0);
  check(triples.values.length >= 3 * values.rows, launch, `needs ${values.rows} triples, has ${triples.values.length / 3}`);
  for (let r = 0; r < values.rows; r++) {
    const sequence = triples.values[3 * r + 2]!;
    check(sequence >= 0 && sequence < slots.rows, launch, `triple ${r} names sequence ${sequence} of ${slots.rows}`);
  }
  const rowsPerTask = 1024;
  const words = [to.address(pool), pool.rows * pool.columns, to.address(slots), bytes(slots), to.address(values), bytes(values)];
  words.push(values.rows, triples.address, rowsPerTask);
  const reads = launch.inputs.filter((view) => !!view).map((view) => to.region(view!));
  const writes = launch.outputs.filter((view) => !!view).map((view) => to.region(view!));
  return [{ kernel: launch.kernel, tasks: gather ? Math.ceil(values.rows / rowsPerTask) : 1, words, reads, writes, scratch: 0 }];
}

function random(launch: LaunchOf<'random'>, to: Encoding): Entry[] {
  const { distribution, stream } = launch.attributes;
  const views = access(launch, to);
  const state = views.input(0);
  const y = views.output(0);
  const { rows, columns } = views.outputView(0);
  const perTask = 256;
  const words = [state.pointer, y.pointer, y.ld, rows, columns, stream, distribution === 'normal' ? 1 : 0, perTask];
  const tasks = Math.ceil(Math.ceil((rows * columns) / 4) / perTask);
  return [{ kernel: 'random', tasks, words, reads: views.reads, writes: views.writes, scratch: 0 }];
}

function clipScale(launch: LaunchOf<'clip-scale'>, to: Encoding): Entry[] {
  const views = access(launch, to);
  const g = views.input(0);
  const y = views.output(0);
  const view = views.inputView(0);
  const length = view.rows * view.columns;
  const perChunk = 4096;
  const chunks = Math.ceil(length / perChunk);
  const partial = to.partial(chunks * 8);
  const finish = [partial.start, chunks, y.pointer, floatBits(launch.attributes.maxNorm)];
  const start = [g.pointer, length, perChunk, partial.start];
  return [
    { kernel: 'sum-squares', tasks: chunks, words: start, reads: views.reads, writes: [partial], scratch: 0 },
    { kernel: 'clip-scale', tasks: 1, words: finish, reads: [partial], writes: views.writes, scratch: 0 },
  ];
}

function adamw(launch: LaunchOf<'adamw'>, to: Encoding): Entry[] {
  const { beta1, beta2, eps, weightDecay } = launch.attributes;
  const views = access(launch, to);
  const words = [0, 1, 2, 3].map((i) => views.input(i).pointer);
  for (let o = 0; o < 3; o++) words.push(views.output(o).pointer);
  const view = views.outputView(0);
  const length = view.rows * view.columns;
  const perTask = 2048;
  words.push(length, perTask, ...new Int32Array(new Float64Array([beta1, beta2]).buffer), floatBits(eps), floatBits(weightDecay));
  const reads = [...views.reads, ...views.writes];
  return [{ kernel: 'adamw', tasks: Math.ceil(length / perTask), words, reads, writes: views.writes, scratch: 0 }];
}

/** Turns a launch into table entries. Throws, with the launch's label, what the kernels could not do safely. */
export function encodeLaunch(launch: Launch, to: Encoding): Entry[] {
  switch (launch.kernel) {
    case 'matmul':
      return matmul(launch, to);
    case 'column-sum':
      return columnSum(launch, to);
    case 'row-sum':
      return rowSum(launch, to);
    case 'rms-norm':
    case 'rms-norm-backward':
      return rmsNorm(launch, to);
    case 'causal-conv':
    case 'causal-conv-backward':
      return causalConv(launch, to);
    case 'selective-scan':
    case 'selective-scan-backward':
      return selectiveScan(launch, to);
    case 'attention':
    case 'attention-backward':
      return attention(launch, to);
    case 'elementwise':
      return encodeElementwise(launch, to);
    case 'copy':
      return copy(launch, to);
    case 'gather-rows':
      return gatherRows(launch, to);
    case 'gather-elements':
    case 'scatter-elements':
      return poolElements(launch, to);
    case 'random':
      return random(launch, to);
    case 'clip-scale':
      return clipScale(launch, to);
    case 'adamw':
      return adamw(launch, to);
  }
}
