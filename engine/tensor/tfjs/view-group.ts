import type { Tensor } from '@tensorflow/tfjs';
import type { Executor } from '../executor';
import { deviceOf, type TensorLibrary } from './library';

/**
 * The first values of a variable group as a tensor. Where tfjs stands on the executor's device it is the group's buffer
 * itself: it shows every write that is submitted before it is read, is not to be written, and must be disposed of
 * before the group is released. Elsewhere it is a copy.
 */
export async function viewGroup(
  tf: TensorLibrary,
  executor: Executor,
  groupName: string,
  shape: readonly number[],
): Promise<Tensor> {
  const sizes = [...shape];
  const webgpu = deviceOf(executor);
  if (webgpu) return tf.tensor({ buffer: webgpu.groupBuffer(groupName), zeroCopy: true }, sizes, 'float32');
  return tf.tensor(await executor.read(groupName, 0, tf.util.sizeFromShape(sizes)), sizes);
}
