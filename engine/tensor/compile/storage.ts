import type { Node, Tensor, VariableRange } from '../graph';
import type { Space } from '../plan';
import { ownerOf, sameAs, type Units } from './units';

/** A block of memory whose offset in its space is not yet known. */
export interface Storage {
  readonly space: Space;
  readonly group: string;
  readonly length: number;
  /** Contents, of a constant. */
  readonly values: Float32Array | null;
  /** Must be zero wherever no part lies. */
  readonly filled: boolean;
  /** Inputs keep their place through all replays, outputs to the end of one. */
  kept: 'while used' | 'to the end' | 'always';
}

/** A strided view of a storage. */
export interface Place {
  readonly storage: Storage;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

export function isContiguous(place: Place): boolean {
  return place.rows === 1 || place.stride === place.columns;
}

export function arenaStorage(length: number, filled = false): Storage {
  return { space: 'arena', group: '', length, values: null, filled, kept: 'while used' };
}

/** Decides which tensors share storage, and says where each lives. */
export class Placement {
  readonly #units: Units;
  readonly #forwarded: ReadonlyMap<Tensor, VariableRange>;
  readonly #parents = new Map<Tensor, { readonly whole: Tensor; readonly part: number }>();
  readonly #own = new Map<Tensor, Storage>();
  readonly #groups = new Map<string, Storage>();
  readonly #constants = new Map<Float32Array, Storage>();

  constructor(units: Units, forwarded: ReadonlyMap<Tensor, VariableRange>) {
    this.#units = units;
    this.#forwarded = forwarded;
    // From the outside in, so that nested concatenations all land in the outermost.
    for (const node of units.live.toReversed()) if (node.body.kind === 'assemble') this.#adoptParts(node);
  }

  /** Whether part `i` of an assembled tensor is written in place by its producer. */
  isAdopted(whole: Tensor, part: number): boolean {
    const parent = this.#parents.get(sameAs(whole.node.inputs[part]!));
    return parent?.whole === whole && parent.part === part;
  }

  placeOf(tensor: Tensor): Place {
    const { body, inputs } = tensor.node;
    const { rows, columns } = tensor;
    switch (body.kind) {
      case 'stop':
        return this.placeOf(inputs[0]!);
      case 'slice': {
        const base = this.placeOf(inputs[0]!);
        return {
          storage: base.storage,
          offset: base.offset + body.row * base.stride + body.column,
          rows,
          columns,
          stride: base.stride,
        };
      }
      case 'reshape': {
        const base = this.placeOf(inputs[0]!);
        if (!isContiguous(base))
          throw new Error(`compile: reshape of a strided "${inputs[0]!.node.label}"; a defect of the compiler`);
        return { storage: base.storage, offset: base.offset, rows, columns, stride: columns };
      }
      case 'constant':
        return { storage: this.#constant(body.values), offset: 0, rows, columns, stride: columns };
      case 'variable':
        if (!this.#units.has(tensor.node)) return this.variable(body.range);
        break;
      default:
    }
    const range = this.#forwarded.get(tensor);
    if (range) return this.variable(range);
    const parent = this.#parents.get(tensor);
    if (parent) return this.partOf(parent.whole, parent.part);
    return { storage: this.#storage(tensor), offset: 0, rows, columns, stride: columns };
  }

  /** Where part `i` of an assembled tensor goes. */
  partOf(whole: Tensor, part: number): Place {
    const { body, inputs } = whole.node;
    if (body.kind !== 'assemble') throw new Error('compile: only assembled tensors have parts; a defect of the compiler');
    const place = this.placeOf(whole);
    const { rows, columns } = inputs[part]!;
    const at = body.offsets[part]!;
    const stride = body.axis === 'block' ? columns : place.stride;
    const offset = place.offset + (body.axis === 'rows' ? at * place.stride : at);
    return { storage: place.storage, offset, rows, columns, stride };
  }

  variable(range: VariableRange): Place {
    const { group, offset, rows, columns } = range;
    let storage = this.#groups.get(group.name);
    if (!storage) {
      storage = { space: 'variable', group: group.name, length: group.length, values: null, filled: false, kept: 'always' };
      this.#groups.set(group.name, storage);
    }
    return { storage, offset, rows, columns, stride: columns };
  }

  groups(): Record<string, number> {
    return Object.fromEntries([...this.#groups.values()].map(({ group, length }) => [group, length]));
  }

  #adoptParts(node: Node): void {
    const [whole] = node.outputs as readonly [Tensor];
    node.inputs.forEach((input, part) => {
      const tensor = sameAs(input!);
      const { body } = tensor.node;
      const writes = body.kind === 'kernel' || body.kind === 'elementwise' || (body.kind === 'assemble' && body.axis !== 'block');
      if (!writes || this.#parents.has(tensor) || this.#forwarded.has(tensor)) return;
      if (!isContiguous(this.partOf(whole, part)) && this.#mustBeContiguous(tensor)) return;
      this.#parents.set(tensor, { whole, part });
    });
  }

  /** Whether anything reads the tensor as flat memory. */
  #mustBeContiguous(tensor: Tensor): boolean {
    return this.#units.readers.get(tensor)!.some(({ body, inputs }) => {
      if (body.kind === 'output') return true;
      if (body.kind === 'kernel' && ['clip-scale', 'gather-elements'].includes(body.kernel)) return true;
      return inputs.some((input) => input !== null && ownerOf(input) === tensor && isReshaped(input));
    });
  }

  #constant(values: Float32Array): Storage {
    let storage = this.#constants.get(values);
    if (!storage) {
      storage = { space: 'constant', group: '', length: values.length, values, filled: false, kept: 'always' };
      this.#constants.set(values, storage);
    }
    return storage;
  }

  #storage(tensor: Tensor): Storage {
    let storage = this.#own.get(tensor);
    if (!storage) {
      storage = arenaStorage(tensor.rows * tensor.columns, hasGaps(tensor));
      if (tensor.node.body.kind === 'input') storage.kept = 'always';
      this.#own.set(tensor, storage);
    }
    return storage;
  }
}

function isReshaped(tensor: Tensor): boolean {
  for (let at = tensor; ; at = at.node.inputs[0]!) {
    const { kind } = at.node.body;
    if (kind === 'reshape') return true;
    if (kind !== 'slice' && kind !== 'stop') return false;
  }
}

function hasGaps(tensor: Tensor): boolean {
  const { body, inputs } = tensor.node;
  if (body.kind !== 'assemble' || body.axis !== 'block') return false;
  return inputs.reduce((total, part) => total + part!.rows * part!.columns, 0) < tensor.columns;
}
