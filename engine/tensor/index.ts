/** The tensor core's public surface: graphs, ops, gradients, plans and what runs them. */
export { gradients } from './autodiff';
export { type CompileOptions, compile } from './compile';
export type { Executor, ExecutorFailure, ExecutorKind, Program } from './executor';
export { type AdamWOptions, Graph, type Tensor } from './graph';
export { attention } from './ops/attention';
export {
  abs,
  add,
  broadcastTo,
  clamp,
  div,
  exp,
  floor,
  less,
  log,
  maximum,
  minimum,
  mul,
  neg,
  reciprocal,
  relu,
  select,
  sigmoid,
  silu,
  softplus,
  sqrt,
  square,
  step,
  sub,
  type TensorOrNumber,
  tanh,
} from './ops/elementwise';
export { type GatherOptions, gatherElements, gatherRows, segmentSum } from './ops/gather';
export { type LinearOptions, linear, matmul } from './ops/linear';
export { rmsNorm } from './ops/norm';
export { columnSum, mean, rowSum, sum } from './ops/reduce';
export { type ConvolutionOptions, causalConv, type ScanOperands, selectiveScan } from './ops/sequence';
export { concatColumns, concatRows, reshape, sliceColumns, sliceRows, stopGradient } from './ops/view';
export type { Activation, Plan } from './plan';
export { ReferenceExecutor } from './reference';
export { readSafetensors, type SafeTensor, SafetensorsError, type SafetensorsFile, writeSafetensors } from './safetensors';
export { ShapeError } from './shape';
export { type Initialiser, type Variable, VariableGroup } from './variables';
