import type { Present, ReferenceKernel } from './kernel';
import type { Matrix } from './matrix';

/** Softmax of query row t over the rows from `start` to `end`. */
function probabilities(q: Matrix, k: Matrix, t: number, start: number, end: number, at: number, width: number): Float64Array {
  const scores = new Float64Array(end - start);
  for (let j = start; j < end; j++) {
    let dot = 0;
    for (let e = at; e < at + width; e++) dot += q.at(t, e) * k.at(j, e);
    scores[j - start] = dot / Math.sqrt(width);
  }
  const top = Math.max(...scores);
  let total = 0;
  for (let j = 0; j < scores.length; j++) {
    scores[j] = Math.exp(scores[j]! - top);
    total += scores[j]!;
  }
  return scores.map((score) => score / total);
}

export const attention: ReferenceKernel<'attention'> = ({ inputs, outputs, index, attributes }) => {
  const [q, k, v] = inputs as Present;
  const [y] = outputs as Present;
  const [segments] = index;
  const width = q!.columns / attributes.heads;
  for (let s = 0; s + 1 < segments!.length; s++) {
    const start = segments![s]!;
    const end = segments![s + 1]!;
    for (let at = 0; at < q!.columns; at += width)
      for (let t = start; t < end; t++) {
        const p = probabilities(q!, k!, t, start, end, at, width);
        for (let e = at; e < at + width; e++) {
          let total = 0;
          for (let j = start; j < end; j++) total += p[j - start]! * v!.at(j, e);
          y!.set(t, e, total);
        }
      }
  }
};

export const attentionBackward: ReferenceKernel<'attention-backward'> = ({ inputs, outputs, index, attributes }) => {
  const [q, k, v, dy] = inputs as Present;
  const [dq, dk, dv] = outputs as Present;
  const [segments] = index;
  const width = q!.columns / attributes.heads;
  for (const output of [dq, dk, dv]) output!.fill(0);
  for (let s = 0; s + 1 < segments!.length; s++) {
    const start = segments![s]!;
    const end = segments![s + 1]!;
    for (let at = 0; at < q!.columns; at += width)
      for (let t = start; t < end; t++) {
        const p = probabilities(q!, k!, t, start, end, at, width);
        const dp = new Float64Array(end - start);
        let mean = 0;
        for (let j = start; j < end; j++) {
          for (let e = at; e < at + width; e++) {
            dp[j - start]! += dy!.at(t, e) * v!.at(j, e);
            dv!.add(j, e, p[j - start]! * dy!.at(t, e));
          }
          mean += p[j - start]! * dp[j - start]!;
        }
        for (let j = start; j < end; j++) {
          const dscore = (p[j - start]! * (dp[j - start]! - mean)) / Math.sqrt(width);
          for (let e = at; e < at + width; e++) {
            dq!.add(t, e, dscore * k!.at(j, e));
            dk!.add(j, e, dscore * q!.at(t, e));
          }
        }
      }
  }
};
