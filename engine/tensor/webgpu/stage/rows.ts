import type { View } from '../../plan';

type Labels = ReadonlyMap<number, number>;

/** Which rows of which tensors belong together, as sets that grow: union–find that can take back its last unions. */
export class RowSets {
  #parent = new Int32Array(1 << 16);
  #size = new Int32Array(1 << 16);
  #count = 0;
  readonly #log: { readonly child: number; readonly labels: Labels | undefined }[] = [];
  /** Sequences that a set holds, by the network (and member) that reads them. */
  readonly #labels = new Map<number, Labels>();
  readonly #tensors = new Map<number, { readonly first: number; readonly base: number; readonly pitch: number }>();

  /** Makes nodes for a tensor of `length` elements from `base`, one for every `pitch` of them. */
  add(tensor: number, base: number, length: number, pitch: number): void {
    if (this.#tensors.has(tensor)) return;
    const nodes = Math.ceil(length / pitch);
    this.#tensors.set(tensor, { first: this.#count, base, pitch });
    while (this.#count + nodes > this.#parent.length) {
      const [parent, size] = [new Int32Array(this.#parent.length * 2), new Int32Array(this.#parent.length * 2)];
      parent.set(this.#parent);
      size.set(this.#size);
      [this.#parent, this.#size] = [parent, size];
    }
    for (let i = 0; i < nodes; i++) {
      this.#parent[this.#count + i] = this.#count + i;
      this.#size[this.#count + i] = 1;
    }
    this.#count += nodes;
  }

  has(tensor: number): boolean {
    return this.#tensors.has(tensor);
  }

  /** Node of the first element of a row. */
  node(tensor: number, view: View, row: number): number {
    const { first, base, pitch } = this.#tensors.get(tensor)!;
    return first + Math.floor((view.offset + row * view.stride - base) / pitch);
  }

  /** Nodes that a row covers: first and last. */
  span(tensor: number, view: View, row: number): [number, number] {
    const { first, base, pitch } = this.#tensors.get(tensor)!;
    const start = view.offset + row * view.stride - base;
    return [first + Math.floor(start / pitch), first + Math.floor((start + view.columns - 1) / pitch)];
  }

  find(node: number): number {
    let root = node;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    return root;
  }

  /** Joins two sets; false if that would put two sequences of one network into one set. */
  union(a: number, b: number): boolean {
    let [x, y] = [this.find(a), this.find(b)];
    if (x === y) return true;
    if (this.#size[x]! < this.#size[y]!) [x, y] = [y, x];
    const [own, other] = [this.#labels.get(x), this.#labels.get(y)];
    if (own && other) {
      const both = new Map(own);
      for (const [network, sequence] of other) {
        const known = both.get(network);
        if (known !== undefined && known !== sequence) return false;
        both.set(network, sequence);
      }
      this.#labels.set(x, both);
    } else if (other) {
      this.#labels.set(x, other);
    }
    this.#parent[y] = x;
    this.#size[x]! += this.#size[y]!;
    this.#log.push({ child: y, labels: own });
    return true;
  }

  /** Says that a set holds a sequence of a network; false if it holds another one of the same. */
  label(node: number, network: number, sequence: number): boolean {
    const root = this.find(node);
    const own = this.#labels.get(root);
    const known = own?.get(network);
    if (known !== undefined) return known === sequence;
    this.#labels.set(root, new Map(own).set(network, sequence));
    this.#log.push({ child: -1 - root, labels: own });
    return true;
  }

  /** A point to return to. */
  mark(): number {
    return this.#log.length;
  }

  /** Takes back every union since `mark`. */
  undo(mark: number): void {
    while (this.#log.length > mark) {
      const { child, labels } = this.#log.pop()!;
      const root = child < 0 ? -1 - child : this.#parent[child]!;
      if (child >= 0) {
        this.#parent[child] = child;
        this.#size[root]! -= this.#size[child]!;
      }
      if (labels) this.#labels.set(root, labels);
      else this.#labels.delete(root);
    }
  }

  get count(): number {
    return this.#count;
  }
}
