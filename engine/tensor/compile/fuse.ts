import { type Node, overlap, type Tensor, type VariableRange } from '../graph';
import { broadcastOver } from '../ops/broadcast';
import { ownerOf, sameAs, type Unit, type Units } from './units';

const MAX_INPUTS = 12;
const MAX_OUTPUTS = 6;
/** Keeps the registers of a tile in a core's cache, and shaders within what drivers compile well. */
const MAX_INSTRUCTIONS = 48;

/** Merges elementwise nodes over the same points into units: producers with consumers first, then readers of one input. */
export function fuseElementwise(units: Units): void {
  const nodes = units.live.filter((node) => node.body.kind === 'elementwise');
  for (const node of nodes)
    for (const input of node.inputs) {
      const producer = sameAs(input!).node;
      if (producer.body.kind === 'elementwise') tryMerge(units, units.unitOf(producer), units.unitOf(node));
    }
  const byShape = new Map<string, Set<Unit>>();
  for (const node of nodes) {
    const [{ rows, columns }] = node.outputs as readonly [Tensor];
    const key = `${rows},${columns}`;
    byShape.set(key, (byShape.get(key) ?? new Set()).add(units.unitOf(node)));
  }
  for (const bucket of byShape.values()) mergeSiblings(units, [...bucket]);
}

function mergeSiblings(units: Units, bucket: Unit[]): void {
  const gone = new Set<Unit>();
  bucket.forEach((unit, i) => {
    if (gone.has(unit)) return;
    const inputs = inputsOf(unit.nodes);
    for (const other of bucket.slice(i + 1)) {
      if (gone.has(other)) continue;
      // Scalars are merged whatever they read, but none waits for another one's inputs.
      if (
        isScalar(unit)
          ? units.depthOf(unit) !== units.depthOf(other)
          : ![...inputsOf(other.nodes)].some((input) => inputs.has(input) && input.rows * input.columns > 1)
      )
        continue;
      if (tryMerge(units, unit, other)) {
        gone.add(other);
        for (const input of inputsOf(other.nodes)) inputs.add(input);
      }
    }
  });
}

function isScalar(unit: Unit): boolean {
  const [output] = unit.nodes[0]!.outputs;
  return output!.rows === 1 && output!.columns === 1;
}

function tryMerge(units: Units, a: Unit, b: Unit): boolean {
  if (a === b || !fits(units, [...a.nodes, ...b.nodes])) return false;
  if (units.indirectly(a, b) || units.indirectly(b, a)) return false;
  units.merge(a, b);
  return true;
}

/** Whether nodes can be one program: one shape, one grouping of rows, and within the kernel's limits. */
function fits(units: Units, nodes: readonly Node[]): boolean {
  const members = new Set(nodes);
  const [{ rows, columns }] = nodes[0]!.outputs as readonly [Tensor];
  let groups = 0;
  let outputs = 0;
  for (const node of nodes) {
    const [output] = node.outputs as readonly [Tensor];
    if (output.rows !== rows || output.columns !== columns) return false;
    for (const input of node.inputs) {
      const same = sameAs(input!);
      // A member's result can be read from its register only, not through a slice or another shape.
      if (members.has(ownerOf(same).node) && !members.has(same.node)) return false;
      if (broadcastOver(same, output) !== 'row') continue;
      if (groups > 0 && groups !== same.rows) return false;
      groups = same.rows;
    }
    if (isRead(units, node, members)) outputs++;
  }
  return inputsOf(nodes).size < MAX_INPUTS && outputs <= MAX_OUTPUTS && nodes.length <= MAX_INSTRUCTIONS;
}

/** Whether anything outside `members` reads a node's result. */
export function isRead(units: Units, node: Node, members: ReadonlySet<Node>): boolean {
  return (units.readers.get(node.outputs[0]!) ?? []).some((reader) => !members.has(reader));
}

/** What a program over `nodes` loads: tensors that none of them computes. */
export function inputsOf(nodes: readonly Node[]): Set<Tensor> {
  const members = new Set(nodes);
  const inputs = new Set<Tensor>();
  for (const node of nodes) {
    if (node.body.kind !== 'elementwise') continue;
    for (const input of node.inputs) {
      const same = sameAs(input!);
      if (!members.has(same.node)) inputs.add(same);
    }
  }
  return inputs;
}

/**
 * Lets the launch that computes a value write it straight into the variable it is assigned to, where nothing else
 * reads the value and nothing still reads the variable's old one.
 *
 * @returns the tensors that live in variables
 */
export function forwardAssignments(units: Units): Map<Tensor, VariableRange> {
  const forwarded = new Map<Tensor, VariableRange>();
  for (const node of units.live) {
    const { body } = node;
    if (body.kind !== 'assign') continue;
    const value = sameAs(node.inputs[0]!);
    const { kind } = value.node.body;
    if (kind !== 'elementwise' && kind !== 'kernel') continue;
    const producer = units.unitOf(value.node);
    const target = units.unitOf(node);
    const members = new Set(producer.nodes);
    const readers = units.readers.get(value)!;
    if (forwarded.has(value) || readers.some((reader) => reader !== node && !members.has(reader))) continue;
    if (!mayWrite(units, producer, body.range)) continue;
    if (target.after.has(producer) || units.indirectly(producer, target) || units.indirectly(target, producer)) continue;
    units.merge(producer, target);
    forwarded.set(value, body.range);
  }
  return forwarded;
}

/** Whether a unit that writes `range` reads it only point by point, in place, and writes it once. */
function mayWrite(units: Units, unit: Unit, range: VariableRange): boolean {
  for (const node of unit.nodes) {
    if (node.body.kind === 'assign') {
      if (overlap(node.body.range, range)) return false;
      continue;
    }
    for (const input of node.inputs) {
      if (!input) continue;
      const { body } = ownerOf(input).node;
      if (body.kind !== 'variable' || units.has(ownerOf(input).node) || !overlap(body.range, range)) continue;
      const inPlace =
        node.body.kind === 'elementwise' && sameAs(input).node.body.kind === 'variable' && sameRange(body.range, range);
      const [output] = node.outputs;
      if (!inPlace || broadcastOver(input, output!) !== 'full') return false;
    }
  }
  return true;
}

function sameRange(a: VariableRange, b: VariableRange): boolean {
  return a.offset === b.offset && a.rows === b.rows && a.columns === b.columns;
}
