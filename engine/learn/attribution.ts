import type { AgentCircuit, Attribution, Situation } from '../api';
import type { Executor } from '../tensor';
import { openAnalysis } from './analysis';
import { buildExplainPlan } from './explain-plan';
import type { LearningState } from './networks';
import { normaliseTarget } from './normalise-target';

/** Explanations asked for so far, for names that are not taken. */
let explanations = 0;

/**
 * What of its state moves each of the policy's actions in a situation. The gradients stay on the executor; TensorFlow.js
 * sums them up there, in the executor's own buffer. Nothing that training uses is touched.
 */
export async function attributeActions(
  executor: Executor,
  state: LearningState,
  circuit: AgentCircuit,
  { u, z, valid, target }: Situation,
  margin: number,
): Promise<Attribution> {
  const { plan, products } = buildExplainPlan(state, circuit.info.index, `explanation-${explanations++}`);
  const p = circuit.info.parameters.length;
  executor.allocate(products);
  try {
    const program = executor.prepare(plan);
    try {
      await executor.ready?.();
      program.write('u', u);
      program.write('z', z);
      program.write('goal', normaliseTarget(circuit, target, margin));
      program.write('valid', Float32Array.of(valid ? 1 : 0));
      program.run();
      const { tf, view } = await openAnalysis(executor);
      const all = await view(products.name, [products.length]);
      const shares = tf.tidy(() => {
        const ofTokens = products.variables.map(({ rows, columns, offset }) =>
          all
            .slice(offset, rows * columns)
            .reshape([p, rows / p, columns])
            .sum(2),
        );
        const moved = tf.concat(ofTokens, 1);
        return moved.div<typeof moved>(moved.abs().sum(1, true).maximum(1e-30));
      });
      const values = await shares.data<'float32'>();
      tf.dispose([all, shares]);
      return { circuit: circuit.info.index, shares: Float32Array.from(values) };
    } finally {
      program.dispose();
    }
  } finally {
    executor.release(products.name);
  }
}
