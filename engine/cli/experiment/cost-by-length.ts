import { RandomStream } from '../../base';
import { mambaConfig, weightsOf } from '../../model/mamba';
import { addStackWeights, runStack, type StackConfig } from '../../model/network';
import { transformerLike } from '../../model/transformer';
import { compile, type Executor, Graph, gradients, mean, square, VariableGroup } from '../../tensor';
import { formatMarkdownTable } from '../table';
import { originHere } from './origin';

/** Tokens of a sequence, from the shortest circuit to long ones made of dummy tokens, and tokens of a batch. */
const LENGTHS = [4, 7, 15, 64, 512, 2048];
const TOKENS = 4096;

/** What a forward and a backward pass of each stack costs when the same number of tokens comes in ever longer sequences. */
export async function costByLength(
  executor: Executor,
  {
    width,
    state,
    layers,
    now,
  }: { readonly width: number; readonly state: number; readonly layers: number; readonly now: () => number },
): Promise<string> {
  const mamba = mambaConfig(width, state, layers);
  const rows: string[][] = [];
  for (const length of LENGTHS) {
    const cost = async (stack: StackConfig) => measure(executor, stack, length, Math.max(1, Math.round(TOKENS / length)), now);
    const a = await cost(mamba);
    const b = await cost(transformerLike(mamba));
    rows.push([String(length), a.milliseconds, b.milliseconds, a.megabytes, b.megabytes].map(String));
  }
  const table = formatMarkdownTable(['tokens a sequence', 'Mamba, ms', 'Transformer, ms', 'Mamba, MB', 'Transformer, MB'], rows);
  return `## What length costs\n\nForward and backward pass of a stack (width ${width}, ${layers} layers) over about ${TOKENS} tokens in sequences of equal length; scratch memory of the pass. ${executor.description}, ${originHere().machine}.\n\n${table}`;
}

async function measure(executor: Executor, stack: StackConfig, length: number, sequences: number, now: () => number) {
  const group = new VariableGroup(`length-${stack.kind}`);
  const random = new RandomStream(1);
  addStackWeights(group, stack, 1, random);
  const rows = length * sequences;
  const graph = new Graph('length');
  const tokens = graph.constant(
    Float32Array.from({ length: rows * stack.width }, () => random.normal()),
    rows,
    stack.width,
  );
  const segments = Int32Array.from({ length: sequences + 1 }, (_, i) => i * length);
  const loss = mean(square(runStack(tokens, segments, stack, 1, weightsOf(graph, group))));
  const slopes = gradients(
    loss,
    group.variables.map((variable) => graph.variable(variable)),
  );
  graph.output('loss', loss);
  for (const [i, slope] of slopes.entries()) graph.output(`slope${i}`, slope);
  const plan = compile(graph);
  executor.allocate(group);
  const program = executor.prepare(plan);
  try {
    program.run();
    await program.read('loss');
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const begin = now();
      program.run();
      await program.read('loss');
      best = Math.min(best, now() - begin);
    }
    return { milliseconds: best.toFixed(1), megabytes: ((plan.arenaLength * 4) / 1e6).toFixed(1) };
  } finally {
    program.dispose();
    executor.release(group.name);
  }
}
