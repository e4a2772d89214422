import { Interner } from './interner';
import type { BinaryName, KernelName, LaunchOf, UnaryName } from './plan';
import { ShapeError, shapeText } from './shape';
import type { Variable, VariableGroup } from './variables';

/** A value in a graph: `rows` × `columns` numbers. Made by a graph's sources and by ops; it holds no data. */
export interface Tensor {
  readonly graph: Graph;
  readonly rows: number;
  readonly columns: number;
  /** What computes it, and which of that node's outputs it is. */
  readonly node: Node;
  readonly index: number;
}

/** A contiguous block of a variable group: a whole variable, or a whole group as one row. */
export interface VariableRange {
  readonly group: VariableGroup;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

export type ElementwiseName = UnaryName | BinaryName | 'select' | 'identity';
/** An operand of an elementwise node: one of its inputs, or a number that is part of the program. */
export type Operand = { readonly input: number } | { readonly literal: number };

/** What a node does. Everything but the effects (`assign` … `output`) is a pure function of its inputs. */
export type NodeBody =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly values: Float32Array }
  | { readonly kind: 'variable'; readonly range: VariableRange }
  | { readonly kind: 'slice'; readonly row: number; readonly column: number }
  | { readonly kind: 'reshape' }
  | { readonly kind: 'stop' }
  /** Parts side by side; `block` lays them out flat at `offsets` of one row, zero elsewhere. */
  | { readonly kind: 'assemble'; readonly axis: 'rows' | 'columns' | 'block'; readonly offsets: readonly number[] }
  | { readonly kind: 'elementwise'; readonly op: ElementwiseName; readonly operands: readonly Operand[] }
  | { readonly kind: 'kernel'; readonly kernel: KernelName; readonly attributes: object; readonly index: readonly Int32Array[] }
  | { readonly kind: 'assign'; readonly range: VariableRange }
  | { readonly kind: 'scatter'; readonly range: VariableRange; readonly triples: Int32Array }
  | { readonly kind: 'adamw'; readonly ranges: readonly VariableRange[]; readonly attributes: LaunchOf<'adamw'>['attributes'] }
  | { readonly kind: 'output'; readonly name: string };

/**
 * Gradients of a node's inputs from those of its outputs (null: none arrives). `needs[i]` says whether input i leads
 * to anything that is asked for. Null in the result means no gradient.
 */
export type GradientRule = (outputs: readonly (Tensor | null)[], needs: readonly boolean[]) => readonly (Tensor | null)[];

export interface Node {
  readonly id: number;
  readonly graph: Graph;
  /** Name of the op, for errors and profiles. */
  readonly label: string;
  readonly body: NodeBody;
  readonly inputs: readonly (Tensor | null)[];
  readonly outputs: readonly Tensor[];
  /** Absent: the op has no derivative, and asking for one is an error. */
  readonly gradient?: GradientRule;
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
}

export interface AdamWOptions {
  /** Gradients by variable; a variable without one stays as it is but for weight decay. */
  readonly gradients: ReadonlyMap<Variable, Tensor>;
  readonly group: VariableGroup;
  /** First and second moments, of the group's layout. */
  readonly m: VariableGroup;
  readonly v: VariableGroup;
  /** Number of this update, 1 at the first; 1 × 1. */
  readonly step: Tensor;
  /** Learning rate, 1 × 1. */
  readonly rate: Tensor;
  /** Gradients are scaled down to this L2 norm over the whole group. */
  readonly maxNorm: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly eps?: number;
  readonly weightDecay?: number;
}

/**
 * A trace of tensor operations. Nodes run in the order in which they were made; a variable read sees every write made
 * before it. Asking twice for the same value gives the same node.
 */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #pure = new Map<string, Node>();
  readonly #reads = new Map<string, { range: VariableRange; tensor: Tensor }>();
  readonly #names = { input: new Set<string>(), output: new Set<string>() };
  readonly #groups = new Map<string, VariableGroup>();
  readonly #lists = new Interner<Int32Array>();
  readonly #constants = new Interner<Float32Array>();
  #streams = 0;

  constructor(readonly name: string) {}

  /** A tensor that the host writes before a run. Names of inputs are unique. */
  input(name: string, rows: number, columns: number): Tensor {
    this.#claim('input', name);
    return this.addNode('input', { kind: 'input', name }, [], [{ rows, columns }]).outputs[0]!;
  }

  /** Fixed values, row-major. */
  constant(values: ArrayLike<number>, rows: number, columns: number): Tensor {
    if (values.length !== rows * columns)
      throw new Error(`constant: got ${values.length} values for ${shapeText({ rows, columns })}; expected ${rows * columns}`);
    const own = this.#constants.intern(Float32Array.from(values));
    return this.addNode('constant', { kind: 'constant', values: own }, [], [{ rows, columns }], zeroRule).outputs[0]!;
  }

  scalar(value: number): Tensor {
    return this.constant([value], 1, 1);
  }

  /** A variable's value here in the trace: as every assignment so far left it. */
  variable(variable: Variable): Tensor {
    return this.#read(rangeOf(variable), `${variable.group.name}.${variable.name}`);
  }

  /** A whole group as one row [1, length], padding included. */
  flat(group: VariableGroup): Tensor {
    return this.#read(flatRange(group), group.name);
  }

  /**
   * Random numbers from a counter: `state` is [1, 4] = (seed low 16 bits, seed high 16 bits, step, unused). Advance
   * the step by assigning to the state; each call in a graph draws from a stream of its own, in order, unless given.
   */
  random(distribution: 'uniform' | 'normal', rows: number, columns: number, state: Variable, stream?: number): Tensor {
    const seed = this.variable(state);
    if (seed.rows * seed.columns !== 4) throw new ShapeError('random', { state: seed }, 'a state of [1, 4]');
    const attributes = { distribution, stream: stream ?? this.#streams++ };
    return this.addKernel('random', [seed], [{ rows, columns }], attributes, [], zeroRule)[0]!;
  }

  /** A tensor that the host reads after a run. Names of outputs are unique. */
  output(name: string, tensor: Tensor): void {
    this.#claim('output', name);
    this.addNode('output', { kind: 'output', name }, [tensor], []);
  }

  /** Writes a variable. */
  assign(variable: Variable, tensor: Tensor): void {
    if (variable.rows !== tensor.rows || variable.columns !== tensor.columns)
      throw new ShapeError(
        'assign',
        { value: tensor },
        `${shapeText(variable)}, the shape of "${variable.group.name}.${variable.name}"`,
      );
    this.assignRange(rangeOf(variable), tensor);
  }

  /** Writes a block of a group; `tensor` has as many elements. */
  assignRange(range: VariableRange, tensor: Tensor): void {
    this.addNode('assign', { kind: 'assign', range }, [tensor], []);
    this.#wrote(range);
  }

  /**
   * Ragged write into a pool: element base + slot[sequence]·stride receives x[r], for triple r = (base, stride, sequence).
   *
   * @param slots [S, 1] whole numbers
   * @param x [R, 1]
   * @param triples 3·R integers
   */
  scatterElements(pool: Variable, slots: Tensor, x: Tensor, triples: Int32Array): void {
    if (x.columns !== 1 || slots.columns !== 1 || triples.length !== 3 * x.rows)
      throw new ShapeError(
        'scatterElements',
        { slots, x, integers: triples.length },
        'slots [S, 1], x [R, 1] and 3·R integers (base, stride, sequence)',
      );
    const range = rangeOf(pool);
    const body: NodeBody = { kind: 'scatter', range, triples: this.#lists.intern(triples.slice()) };
    this.addNode('scatterElements', body, [x, slots], []);
    this.#wrote(range);
  }

  /** One AdamW update of a whole group with clipping by global norm: gradients side by side, their norm, the step. */
  adamw(options: AdamWOptions): void {
    const { gradients, group, m, v, step, rate, maxNorm } = options;
    for (const moments of [m, v])
      if (moments.length !== group.length)
        throw new Error(
          `adamw: moments "${moments.name}" hold ${moments.length} elements; expected ${group.length}, ` +
            `the layout of "${group.name}" (make them with group.like)`,
        );
    for (const [name, scalar] of Object.entries({ step, rate }))
      if (scalar.rows !== 1 || scalar.columns !== 1) throw new ShapeError('adamw', { [name]: scalar }, 'a scalar [1, 1]');
    const parts: Tensor[] = [];
    const offsets: number[] = [];
    for (const [variable, gradient] of gradients) {
      if (variable.group !== group)
        throw new Error(`adamw: "${variable.name}" is in group "${variable.group.name}"; expected one of "${group.name}"`);
      if (gradient.rows !== variable.rows || gradient.columns !== variable.columns)
        throw new ShapeError('adamw', { gradient }, `${shapeText(variable)}, the shape of "${group.name}.${variable.name}"`);
      parts.push(gradient);
      offsets.push(variable.offset);
    }
    const body: NodeBody = { kind: 'assemble', axis: 'block', offsets };
    const block = this.addNode('adamw', body, parts, [{ rows: 1, columns: group.length }]).outputs[0]!;
    const scale = this.addKernel('clip-scale', [block], [{ rows: 1, columns: 1 }], { maxNorm })[0]!;
    const ranges = [flatRange(group), flatRange(m), flatRange(v)];
    const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options;
    const attributes = { beta1, beta2, eps, weightDecay };
    this.addNode('adamw', { kind: 'adamw', ranges, attributes }, [block, scale, step, rate], []);
    for (const range of ranges) this.#wrote(range);
  }

  /** target += tau · (source − target), over whole groups of one layout, in one launch. */
  lerp(target: VariableGroup, source: VariableGroup, tau: number | Tensor): void {
    if (target.length !== source.length)
      throw new Error(
        `lerp: "${target.name}" holds ${target.length} elements and "${source.name}" ${source.length}; expected one layout`,
      );
    const old = this.flat(target);
    const shape = { rows: 1, columns: target.length };
    const pointwise = (op: ElementwiseName, a: Tensor, b: Tensor | number) =>
      this.addElementwise('lerp', op, [a, b], shape).outputs[0]!;
    const moved = pointwise('add', pointwise('mul', pointwise('sub', this.flat(source), old), tau), old);
    this.assignRange(flatRange(target), moved);
  }

  /** Adds a kernel launch and gives its outputs. For ops. */
  addKernel<Name extends KernelName>(
    kernel: Name,
    inputs: readonly (Tensor | null)[],
    outputs: readonly Shape[],
    attributes: LaunchOf<Name>['attributes'],
    index: readonly Int32Array[] = [],
    gradient?: GradientRule,
    label: string = kernel,
  ): readonly Tensor[] {
    const own = index.map((list) => this.#lists.intern(list.slice()));
    return this.addNode(label, { kind: 'kernel', kernel, attributes, index: own }, inputs, outputs, gradient).outputs;
  }

  /** Adds an elementwise node. Scalars known at build time become part of the program. For ops. */
  addElementwise(
    label: string,
    op: ElementwiseName,
    operands: readonly (Tensor | number)[],
    shape: Shape,
    gradient?: GradientRule,
  ): Node {
    const inputs: Tensor[] = [];
    const places = operands.map((operand): Operand => {
      const literal = typeof operand === 'number' ? operand : literalOf(operand);
      if (literal !== null && operands.length > 0) return { literal };
      inputs.push(operand as Tensor);
      return { input: inputs.length - 1 };
    });
    return this.addNode(label, { kind: 'elementwise', op, operands: places }, inputs, [shape], gradient);
  }

  /** Adds a node, or finds the one that already computes the same. For ops. */
  addNode(
    label: string,
    body: NodeBody,
    inputs: readonly (Tensor | null)[],
    outputs: readonly Shape[],
    gradient?: GradientRule,
  ): Node {
    for (const shape of outputs)
      if (!(Number.isInteger(shape.rows) && Number.isInteger(shape.columns) && shape.rows > 0 && shape.columns > 0))
        throw new Error(`${label}: its result would be ${shapeText(shape)}; expected at least one row and one column`);
    for (const tensor of inputs)
      if (tensor && tensor.graph !== this)
        throw new Error(`${label}: an operand belongs to graph "${tensor.graph.name}"; expected one of "${this.name}"`);
    const key = this.#keyOf(body, inputs, outputs);
    const known = key === null ? undefined : this.#pure.get(key);
    if (known) return known;
    const tensors: Tensor[] = [];
    const base = { id: this.nodes.length, graph: this, label, body, inputs, outputs: tensors };
    const node: Node = gradient ? { ...base, gradient } : base;
    outputs.forEach(({ rows, columns }, index) => {
      tensors.push({ graph: this, rows, columns, node, index });
    });
    this.nodes.push(node);
    if (key !== null) this.#pure.set(key, node);
    return node;
  }

  #keyOf(body: NodeBody, inputs: readonly (Tensor | null)[], outputs: readonly Shape[]): string | null {
    const operands = `${inputs.map((t) => (t ? `${t.node.id}.${t.index}` : '-')).join()}|${outputs.map(shapeText).join()}`;
    switch (body.kind) {
      case 'constant':
        return `constant ${this.#constants.idOf(body.values)}|${operands}`;
      case 'slice':
        return `slice ${body.row},${body.column}|${operands}`;
      case 'reshape':
      case 'stop':
        return `${body.kind}|${operands}`;
      case 'assemble':
        return `assemble ${body.axis} ${body.offsets.join()}|${operands}`;
      case 'elementwise':
        return `${body.op} ${body.operands.map((o) => ('input' in o ? `#${o.input}` : o.literal)).join()}|${operands}`;
      case 'kernel': {
        const lists = body.index.map((list) => this.#lists.idOf(list)).join();
        return `${body.kernel} ${JSON.stringify(body.attributes)} ${lists}|${operands}`;
      }
      default:
        return null;
    }
  }

  #read(range: VariableRange, label: string): Tensor {
    this.#know(range.group);
    const key = `${range.group.name}:${range.offset}:${range.rows}:${range.columns}`;
    const cached = this.#reads.get(key);
    if (cached) return cached.tensor;
    const { rows, columns } = range;
    const tensor = this.addNode(label, { kind: 'variable', range }, [], [{ rows, columns }], zeroRule).outputs[0]!;
    this.#reads.set(key, { range, tensor });
    return tensor;
  }

  #wrote(range: VariableRange): void {
    this.#know(range.group);
    for (const [key, read] of this.#reads) if (overlap(read.range, range)) this.#reads.delete(key);
  }

  #know(group: VariableGroup): void {
    const known = this.#groups.get(group.name);
    if (known && known !== group)
      throw new Error(
        `graph "${this.name}" uses two groups named "${group.name}"; a group's name is its identity, so give each its own`,
      );
    this.#groups.set(group.name, group);
  }

  #claim(kind: 'input' | 'output', name: string): void {
    const names = this.#names[kind];
    if (names.has(name)) throw new Error(`graph "${this.name}" already has an ${kind} "${name}"; use another name`);
    names.add(name);
  }
}

const zeroRule: GradientRule = () => [];

export function rangeOf(variable: Variable): VariableRange {
  const { group, offset, rows, columns } = variable;
  return { group, offset, rows, columns };
}

export function flatRange(group: VariableGroup): VariableRange {
  return { group, offset: 0, rows: 1, columns: group.length };
}

export function overlap(a: VariableRange, b: VariableRange): boolean {
  return a.group.name === b.group.name && a.offset < b.offset + b.rows * b.columns && b.offset < a.offset + a.rows * a.columns;
}

/** The value of a scalar constant, or null. */
export function literalOf(tensor: Tensor): number | null {
  const { body } = tensor.node;
  return body.kind === 'constant' && tensor.rows === 1 && tensor.columns === 1 ? body.values[0]! : null;
}
