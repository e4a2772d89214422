/**
 * A plan: the compiled form of a graph, and the contract between the graph compiler and the executors.
 *
 * A plan is data. It lists kernel launches over fixed buffers; an executor turns it into something it can replay
 * without allocating, checking shapes or deciding anything. Every tensor is f32, row-major and two-dimensional:
 * `rows` × `columns`, with `stride` elements from one row to the next (`stride > columns` for a column slice of a
 * wider tensor). A scalar is 1 × 1.
 *
 * *Groups.* Networks that exist several times (twin critics, an ensemble) run as one: activations of `G` members are
 * stacked along rows (member `g` owns rows `g·R/G … (g+1)·R/G`), weights likewise (`G` blocks). A kernel with
 * `groups: G` uses weight block `g` for the rows of member `g`. One network is `G = 1`.
 *
 * *Segments.* Sequences are packed: one row per token, no padding. `segments` is an index list of `S + 1` row numbers,
 * sequence `s` owning rows `segments[s] … segments[s+1]-1`. It covers all rows, members included.
 */

/** Where a tensor lives. `variable` outlives the plan and is shared between plans; `arena` is scratch of one plan. */
export type Space = 'arena' | 'variable' | 'constant';

/** A strided 2-D view of f32 storage. Offsets count elements and are multiples of 64 (256 bytes) unless a slice. */
export interface View {
  readonly space: Space;
  /** Name of the variable group for `variable`, else ''. */
  readonly group: string;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

/** A list of i32 in the plan's index storage: segment starts, gather indices. Multiples of 64 elements. */
export interface IndexView {
  readonly offset: number;
  readonly length: number;
}

export type Activation = 'none' | 'relu' | 'tanh' | 'silu';

/** Instructions of the fused elementwise kernel. `a`, `b`, `c` are register numbers; the result goes to a new register. */
export type UnaryName =
  | 'neg'
  | 'abs'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'square'
  | 'reciprocal'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'silu'
  | 'relu'
  | 'step'
  | 'floor';
export type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'less';
export type Instruction =
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: UnaryName; readonly a: number }
  | { readonly op: BinaryName; readonly a: number; readonly b: number }
  /** c > 0 ? a : b */
  | { readonly op: 'select'; readonly c: number; readonly a: number; readonly b: number };

/**
 * One kernel launch. `inputs` and `outputs` are listed in the order given here; an optional input that is absent is
 * `null`, and so is a gradient that nothing reads: any output of causal-conv-backward and selective-scan-backward, and
 * `p` of rms-norm-backward. No output overlaps an input except where said ("in place").
 */
export type Launch =
  /**
   * C[g] = f(op(A[g]) · op(B[g]) + bias[g]); `m`, `n`, `k` are per group.
   * - `nt`: A [G·m, k], B [G·n, k] → C [G·m, n]   linear layer forward, y = x·Wᵀ
   * - `nn`: A [G·m, k], B [G·k, n] → C [G·m, n]   gradient of its input, dx = dy·W
   * - `tn`: A [G·k, m], B [G·k, n] → C [G·m, n]   gradient of its weight, dW = dyᵀ·x, reduced over rows
   * inputs a, b, bias [G, n] | null; outputs c. The activation applies after the bias.
   */
  | Kernel<'matmul', { variant: 'nt' | 'nn' | 'tn'; groups: number; m: number; n: number; k: number; activation: Activation }>
  /** x [G·M, N] → y [G, N]: sum over the rows of each group. */
  | Kernel<'column-sum', { groups: number }>
  /** x [M, N] → y [M, 1]: sum over columns. A total sum is a row sum of x reshaped to one row. */
  | Kernel<'row-sum', Record<never, never>>
  /** x [G·M, C], weight [G, C] → y = x / sqrt(mean(x²) + eps) · weight. */
  | Kernel<'rms-norm', { groups: number; eps: number }>
  /** x, weight, dy → dx, p with p = dy · x / rms (its column sum is the gradient of weight). */
  | Kernel<'rms-norm-backward', { groups: number; eps: number }>
  /**
   * Depthwise causal convolution that restarts at every segment: x [R, D], weight [G·D, K], bias [G, D] → y [R, D].
   * y[t,d] = f(bias[d] + Σ_j weight[d,j] · x[t-(K-1)+j, d]), taps before the segment's start count as zero.
   * index: segments.
   */
  | Kernel<'causal-conv', { groups: number; width: number; activation: 'none' | 'silu' }>
  /** x, weight, bias, dy → dx [R, D], dweight [G·D, K], dbias [G, D]. The pre-activation is recomputed. */
  | Kernel<'causal-conv-backward', { groups: number; width: number; activation: 'none' | 'silu' }>
  /**
   * Mamba-1 selective scan, restarting (h = 0) at every segment (arXiv 2312.00752, algorithm 2).
   * inputs u [R, D], delta [R, D] (before softplus, bias included), aLog [G·D, N], b [R, N], c [R, N], d [G, D],
   * z [R, D] | null; output y [R, D]. With Δ = softplus(delta), A = -exp(aLog):
   *   h_t = exp(Δ_t·A)·h_{t-1} + Δ_t·u_t·B_t;   y_t = (C_t·h_t + d·u_t) · (z ? silu(z_t) : 1)
   * index: segments.
   */
  | Kernel<'selective-scan', { groups: number }>
  /** the seven inputs above, then dy → du, ddelta, daLog, db, dc, dd, dz | null. States are recomputed, not stored. */
  | Kernel<'selective-scan-backward', { groups: number }>
  /**
   * Packed multi-head attention within each segment (no mask, no position): q, k, v [R, H·E] → y [R, H·E],
   * softmax(q·kᵀ/√E)·v. index: segments.
   */
  | Kernel<'attention', { heads: number }>
  /** q, k, v, dy → dq, dk, dv. Probabilities are recomputed. */
  | Kernel<'attention-backward', { heads: number }>
  /**
   * A straight-line program over `rows × columns` points. Each input is read with a broadcast: `full`; `row`
   * ([G, columns], block g for the rows of group g); `column` ([rows, 1]); `scalar` ([1, 1]). Input i sits in register
   * i, instruction j writes register inputs.length + j. Output o receives register `results[o]`. At most 12 inputs and
   * 6 outputs. An output may be in place of a `full` input with the same view.
   */
  | Kernel<
      'elementwise',
      {
        rows: number;
        columns: number;
        groups: number;
        broadcast: readonly ('full' | 'row' | 'column' | 'scalar')[];
        program: readonly Instruction[];
        results: readonly number[];
      }
    >
  /** x → y of the same shape; either may be strided (slices, concatenation, contiguous copies). */
  | Kernel<'copy', Record<never, never>>
  /**
   * y[m, :] = scale · Σ_j x[index[j], :], j from starts[m] to starts[m+1]-1; without starts y[m, :] = scale · x[index[m], :].
   * A constant 0/1 matrix times x: gathers, segment sums and their gradients. index: indices, starts?
   */
  | Kernel<'gather-rows', { scale: number }>
  /**
   * Ragged read from a flat pool: y[r] = pool[base_r + slot[sequence_r] · stride_r].
   * inputs pool (any shape, taken flat), slots [S, 1] (whole numbers in f32); output y [R, 1].
   * index: `R` triples (base, stride, sequence).
   */
  | Kernel<'gather-elements', Record<never, never>>
  /** Ragged write, in place on the pool: pool[base_r + slot[sequence_r]·stride_r] = x[r]. inputs x [R, 1], slots; output pool. */
  | Kernel<'scatter-elements', Record<never, never>>
  /**
   * Counter-based random numbers (Philox4x32-10). inputs state [1, 4] = (seed low 16 bits, seed high 16 bits, step,
   * unused); output y. Element i (row-major) uses counter (i >> 2, step, stream, 0), key (seed, 0), word i & 3.
   * uniform: ((bits >>> 8) + 0.5) · 2^-24 rounded to f32, at most 1 - 2^-24 (what would round to 1), so 0 < y < 1.
   * normal: Box–Muller on words (0, 1) and (2, 3): with u, v the uniforms of a pair, √(-2 ln u)·cos(2πv) then √(-2 ln u)·sin(2πv).
   */
  | Kernel<'random', { distribution: 'uniform' | 'normal'; stream: number }>
  /** gradient g, taken flat → y [1, 1] = min(1, maxNorm / ‖g‖₂). A gradient that is not finite gives 0. */
  | Kernel<'clip-scale', { maxNorm: number }>
  /**
   * AdamW in place on flat blocks (arXiv 1711.05101). inputs gradient, scale [1, 1], step [1, 1] (1 at the first
   * update), rate [1, 1]; outputs parameter, m, v. With g = scale·gradient (skip everything where scale = 0):
   *   m = β1·m + (1-β1)·g; v = β2·v + (1-β2)·g²; p -= rate·( m/(1-β1^t) / (√(v/(1-β2^t)) + eps) + weightDecay·p )
   */
  | Kernel<'adamw', { beta1: number; beta2: number; eps: number; weightDecay: number }>;

export interface Kernel<Name extends string, Attributes> {
  readonly kernel: Name;
  readonly inputs: readonly (View | null)[];
  readonly outputs: readonly (View | null)[];
  readonly index: readonly IndexView[];
  readonly attributes: Attributes;
  /** The graph op it came from, for errors, profiles and the inspector. */
  readonly label: string;
}

export type KernelName = Launch['kernel'];
/** The launch of one kernel, by its name. */
export type LaunchOf<Name extends KernelName> = Extract<Launch, { kernel: Name }>;

/** A tensor's block of the arena, and the first and last launch during which the block is its own. */
export interface Lifetime {
  readonly offset: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

export interface Plan {
  readonly name: string;
  readonly launches: readonly Launch[];
  /** Elements of scratch. */
  readonly arenaLength: number;
  /**
   * Which tensors share arena memory, and when. Lets an executor tell tensors apart and lay the arena out anew; a plan
   * without it is run as it stands.
   */
  readonly lifetimes?: readonly Lifetime[];
  /** Constant f32 storage; `constant` views point into it. */
  readonly constants: Float32Array;
  /** Index storage; `IndexView`s point into it. */
  readonly indices: Int32Array;
  /** Tensors the host writes before a run, reads after it. Both are contiguous. */
  readonly inputs: Readonly<Record<string, View>>;
  readonly outputs: Readonly<Record<string, View>>;
  /** Variable groups that the launches touch, with their lengths in elements. */
  readonly groups: Readonly<Record<string, number>>;
}
