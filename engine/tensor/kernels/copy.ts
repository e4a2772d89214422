/** Words: x, ldx, y, ldy, rows, columns, rowsPerTask, columnsPerTask, tasks across. */
import { pointer, word } from './vector';

export function copy(args: usize, task: i32, first: bool, scratch: usize): void {
  const ldx = pointer(args, 1), ldy = pointer(args, 3), across = word(args, 8);
  const block = task / across;
  const left = (task - block * across) * word(args, 7);
  const bytes = (<usize>min(word(args, 7), word(args, 5) - left)) << 2;
  const end = min(word(args, 4), (block + 1) * word(args, 6));
  for (let i = block * word(args, 6); i < end; i++) {
    let from = pointer(args, 0) + <usize>i * ldx + ((<usize>left) << 2);
    let to = pointer(args, 2) + <usize>i * ldy + ((<usize>left) << 2);
    const last = to + (bytes & ~15), stop = to + bytes;
    for (; to < last; to += 16) {
      v128.store(to, v128.load(from));
      from += 16;
    }
    for (; to < stop; to += 4) {
      store<f32>(to, load<f32>(from));
      from += 4;
    }
  }
}
