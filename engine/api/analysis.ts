import type { Tensor } from '@tensorflow/tfjs';

/** TensorFlow.js. */
export type TensorLibrary = typeof import('@tensorflow/tfjs');

/** The directions in which rows spread the most. */
export interface PrincipalComponents {
  /** Mean of the rows, [columns]. */
  readonly mean: Float32Array;
  /** Unit vectors, [count, columns], the widest spread first; the largest entry of each is positive. */
  readonly components: Float32Array;
  /** Share of the variance along each, [count]; zeros where all rows are the same. */
  readonly explained: Float32Array;
  /** Places of the rows along the components, [rows, count]. */
  readonly scores: Float32Array;
}

/**
 * Tensors for plugins and for what is shown, beside the training and never in it: TensorFlow.js on the engine's own
 * graphics device, or on its CPU backend where the engine computes without one.
 */
export interface Analysis {
  readonly tf: TensorLibrary;
  readonly backend: 'webgpu' | 'cpu';
  /**
   * The first values of a variable group (`actor`, `critic`, `model`, `replay`; see engine/learn) as a tensor. On webgpu it
   * is the engine's own buffer, not a copy: it shows what training submits after it, is not to be written, and must be
   * disposed of before the agent is. On the CPU it is a copy.
   */
  view(groupName: string, shape: readonly number[]): Promise<Tensor>;
  /**
   * @param rows [rows · columns], row-major, at least one row
   * @param count components, 1 to `columns`
   */
  principalComponents(rows: Float32Array, columns: number, count: number): Promise<PrincipalComponents>;
}
