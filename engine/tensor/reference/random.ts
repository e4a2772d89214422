import type { Present, ReferenceKernel } from './kernel';
import { philox } from './philox';

/** The largest f32 below 1: the largest words would round up to 1, and the interval is open. */
const TOP = 1 - 2 ** -24;

export const random: ReferenceKernel<'random'> = ({ inputs, outputs, attributes }) => {
  const [state] = inputs as Present;
  const [y] = outputs as Present;
  const seed = state!.flat(0) + state!.flat(1) * 65536;
  const step = state!.flat(2);
  for (let i = 0; i < y!.length; i++) {
    const words = philox([i >> 2, step, attributes.stream, 0], [seed, 0]);
    const uniform = (word: number) => Math.min(TOP, ((words[word]! >>> 8) + 0.5) * 2 ** -24);
    const word = i & 3;
    let value = uniform(word);
    if (attributes.distribution === 'normal') {
      const pair = word & 2;
      const radius = Math.sqrt(-2 * Math.log(uniform(pair)));
      const angle = 2 * Math.PI * uniform(pair + 1);
      value = radius * (word & 1 ? Math.sin(angle) : Math.cos(angle));
    }
    y!.set(Math.floor(i / y!.columns), i % y!.columns, value);
  }
};
