import type { Tensor } from '../graph';
import { checkSegments, ShapeError } from '../shape';

/** Multi-head attention within each segment, softmax(q·kᵀ/√E)·v, without mask or positions. q, k, v [R, heads·E]. */
export function attention(q: Tensor, k: Tensor, v: Tensor, segments: Int32Array, heads: number): Tensor {
  checkSegments('attention', segments, q.rows);
  const fits = [k, v].every((t) => t.rows === q.rows && t.columns === q.columns);
  if (!fits || !Number.isInteger(heads) || heads < 1 || q.columns % heads !== 0)
    throw new ShapeError('attention', { q, k, v, heads }, 'q, k and v of one shape [R, heads·E]');
  const own = segments.slice();
  return q.graph.addKernel('attention', [q, k, v], [q], { heads }, [own], ([dy]) =>
    q.graph.addKernel('attention-backward', [q, k, v, dy!], [q, k, v], { heads }, [own]),
  )[0]!;
}
