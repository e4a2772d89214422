import {
  accessors,
  type Bindings,
  constantLines,
  enableLines,
  includeLines,
  type Kind,
  MAIN_ARGUMENTS,
  storageLines,
  unrolled,
  wordFields,
} from './assemble';

/** What turns a form into blocks; 32 rows or 256 points a block. */
const blockAdapters: Readonly<Record<'points' | 'rows', string>> = {
  points: `
fn run_block(block: u32, lane: u32) {
  let i = block * 256u + lane;
  if (i < params.rows * params.columns) {
    let row = i / params.columns;
    let column = i % params.columns;
    store(row, column, compute(row, column));
  }
}`,
  rows: `
fn run_block(block: u32, lane: u32) {
  row_block(block * 32u, params.rows, lane);
}`,
};

/** What runs a part of a kernel's rows. */
const partAdapters: Readonly<Record<'points' | 'rows' | 'blocks', string>> = {
  points: `
fn run_part(part: u32, lane: u32) {
  let end = parts_at(part + 1u) * params.parts_width;
  for (var i = parts_at(part) * params.parts_width + lane; i < end; i += 256u) {
    let row = i / params.columns;
    let column = i % params.columns;
    store(row, column, compute(row, column));
  }
}`,
  rows: `
fn run_part(part: u32, lane: u32) {
  let end = parts_at(part + 1u);
  for (var first = parts_at(part); first < end; first += 32u) { row_block(first, end, lane); }
}`,
  blocks: `
fn run_part(part: u32, lane: u32) {
  run_rows(parts_at(part), parts_at(part + 1u), lane);
}`,
};

export function adapterOf({ shader, inParts }: Kind): string {
  if (inParts) return partAdapters[shader.form];
  return shader.form === 'blocks' ? '' : blockAdapters[shader.form];
}

/** The module of one kernel in a dispatch of its own; `subgroups` as in `moduleOf`. */
export function kernelModule(kind: Kind, bindings: Bindings, subgroups: boolean): string {
  const { shader } = kind;
  return [
    ...enableLines(subgroups),
    `struct Params { ${wordFields(kind).join(', ')} }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...storageLines(bindings),
    ...constantLines(kind),
    ...accessors(kind),
    ...includeLines([shader], subgroups),
    unrolled(kind),
    adapterOf(kind),
    `@compute @workgroup_size(${shader.threads})`,
    `fn main(${MAIN_ARGUMENTS}) { run_block(group.y * grid.x + group.x, lane); }`,
  ].join('\n');
}
