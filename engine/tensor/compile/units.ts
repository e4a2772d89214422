import { type Node, overlap, type Tensor, type VariableRange } from '../graph';

/** Nodes that run as one launch (or a few copies), with what must run before and after. */
export interface Unit {
  nodes: Node[];
  readonly before: Set<Unit>;
  readonly after: Set<Unit>;
}

/** The tensor whose storage `tensor` views: behind slices, reshapes and stopped gradients. */
export function ownerOf(tensor: Tensor): Tensor {
  let owner = tensor;
  while (['slice', 'reshape', 'stop'].includes(owner.node.body.kind)) owner = owner.node.inputs[0]!;
  return owner;
}

/** The same values in the same place: behind stopped gradients only. */
export function sameAs(tensor: Tensor): Tensor {
  let same = tensor;
  while (same.node.body.kind === 'stop') same = same.node.inputs[0]!;
  return same;
}

/** Blocks that an effect writes. */
export function writtenBy(node: Node): readonly VariableRange[] {
  const { body } = node;
  if (body.kind === 'assign' || body.kind === 'scatter') return [body.range];
  return body.kind === 'adamw' ? body.ranges : [];
}

/** Nodes that an effect or an output needs, in the order of the trace. */
export function liveNodes(nodes: readonly Node[]): Node[] {
  const live = new Set<Node>();
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!;
    if (!live.has(node) && node.body.kind !== 'output' && writtenBy(node).length === 0) continue;
    live.add(node);
    for (const input of node.inputs) if (input) live.add(input.node);
  }
  return nodes.filter((node) => live.has(node));
}

const LAUNCHING = new Set(['elementwise', 'kernel', 'assemble', 'assign', 'scatter', 'adamw', 'output']);

/** The dependency graph of a trace, which may be contracted as long as it has no cycle. */
export class Units {
  readonly #of = new Map<Node, Unit>();
  /** Live nodes that launch something and read a tensor, by the tensor that owns the storage. */
  readonly readers = new Map<Tensor, Node[]>();

  constructor(readonly live: readonly Node[]) {
    const launching = live.filter((node) => LAUNCHING.has(node.body.kind));
    for (const node of launching) this.#add(node);
    for (const node of launching)
      for (const owner of new Set(node.inputs.filter((input) => input !== null).map(ownerOf))) {
        const list = this.readers.get(owner);
        if (list) list.push(node);
        else this.readers.set(owner, [node]);
        const producer = this.#of.get(owner.node);
        if (producer) this.#link(producer, this.unitOf(node));
      }
    this.#orderEffects(launching);
  }

  has(node: Node): boolean {
    return this.#of.has(node);
  }

  unitOf(node: Node): Unit {
    return this.#of.get(node)!;
  }

  all(): Unit[] {
    return [...new Set(this.#of.values())];
  }

  /** Whether `to` runs after `from`, by way of at least one other unit. */
  indirectly(from: Unit, to: Unit): boolean {
    for (const next of from.after) if (next !== to && this.#reaches(next, to)) return true;
    return false;
  }

  /** How many units run one after another before this one. */
  depthOf(unit: Unit, known = new Map<Unit, number>()): number {
    let depth = known.get(unit);
    if (depth === undefined) {
      depth = 0;
      for (const before of unit.before) depth = Math.max(depth, 1 + this.depthOf(before, known));
      known.set(unit, depth);
    }
    return depth;
  }

  /** Makes `b` part of `a`. The caller has checked that neither is indirectly before the other. */
  merge(a: Unit, b: Unit): void {
    for (const node of b.nodes) this.#of.set(node, a);
    a.nodes = [...a.nodes, ...b.nodes].sort((x, y) => x.id - y.id);
    for (const unit of b.before) {
      unit.after.delete(b);
      this.#link(unit, a);
    }
    for (const unit of b.after) {
      unit.before.delete(b);
      this.#link(a, unit);
    }
  }

  /** Units in an order that respects all dependencies, close to that of the trace. */
  ordered(): Unit[] {
    const rank = (unit: Unit) => unit.nodes[unit.nodes.length - 1]!.id;
    const waiting = new Map(this.all().map((unit) => [unit, unit.before.size]));
    const ready = [...waiting.keys()].filter((unit) => unit.before.size === 0);
    const order: Unit[] = [];
    while (ready.length > 0) {
      let best = 0;
      for (let i = 1; i < ready.length; i++) if (rank(ready[i]!) < rank(ready[best]!)) best = i;
      const [unit] = ready.splice(best, 1);
      order.push(unit!);
      for (const next of unit!.after) {
        const left = waiting.get(next)! - 1;
        waiting.set(next, left);
        if (left === 0) ready.push(next);
      }
    }
    if (order.length !== waiting.size)
      throw new Error('compile: the dependency graph has a cycle; this is a defect of the compiler, please report the graph');
    return order;
  }

  /**
   * Reads and writes of variables keep their order. A read whose value is used after a later write still needs no
   * copy if that use can run before the write; else the variable is copied where it was read.
   */
  #orderEffects(launching: readonly Node[]): void {
    const effects = launching.flatMap((node) => writtenBy(node).map((range) => ({ node, range })));
    for (const first of effects)
      for (const second of effects)
        if (first.node.id < second.node.id && overlap(first.range, second.range)) this.#linkNodes(first.node, second.node);
    const late: { read: Node; reader: Node; write: Node }[] = [];
    for (const read of this.live) {
      if (read.body.kind !== 'variable') continue;
      const { range } = read.body;
      const writes = effects.filter((effect) => overlap(effect.range, range)).map(({ node }) => node);
      for (const reader of this.readers.get(read.outputs[0]!) ?? [])
        for (const write of writes) {
          if (write.id < read.id) this.#linkNodes(write, reader);
          else if (reader.id <= write.id) this.#linkNodes(reader, write);
          else late.push({ read, reader, write });
        }
    }
    for (const { read, reader, write } of late) {
      if (this.has(read)) continue;
      if (this.#reaches(this.unitOf(write), this.unitOf(reader))) this.#materialise(read, effects);
      else this.#linkNodes(reader, write);
    }
  }

  #materialise(read: Node, effects: readonly { readonly node: Node; readonly range: VariableRange }[]): void {
    if (read.body.kind !== 'variable') return;
    this.#add(read);
    for (const { node, range } of effects) {
      if (!overlap(range, read.body.range)) continue;
      if (node.id < read.id) this.#linkNodes(node, read);
      else this.#linkNodes(read, node);
    }
    for (const reader of this.readers.get(read.outputs[0]!)!) this.#linkNodes(read, reader);
  }

  #add(node: Node): void {
    this.#of.set(node, { nodes: [node], before: new Set(), after: new Set() });
  }

  #linkNodes(first: Node, second: Node): void {
    this.#link(this.unitOf(first), this.unitOf(second));
  }

  #link(first: Unit, second: Unit): void {
    if (first === second) return;
    first.after.add(second);
    second.before.add(first);
  }

  #reaches(from: Unit, to: Unit): boolean {
    const seen = new Set<Unit>([from]);
    const stack = [from];
    for (let unit = stack.pop(); unit; unit = stack.pop()) {
      if (unit === to) return true;
      for (const next of unit.after)
        if (!seen.has(next)) {
          seen.add(next);
          stack.push(next);
        }
    }
    return false;
  }
}
