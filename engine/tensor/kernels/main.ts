/**
 * The interpreter: walks a plan encoded as a table of words, so that a whole replay is one call from outside.
 *
 * Table: stages; then per stage: words in it, entries, tasks in all, and per entry: words in it, kernel, tasks, launch,
 * arguments. The entries of a stage do not depend on each other. Each thread has a share of a stage's tasks, the same
 * part of every stage, so that it finds in its caches the rows that it wrote before; when its own are used up it helps
 * the others, then all meet at the barrier. Which thread takes a task never matters to its result.
 *
 * Control block, words: 0 job number, 1 table, 2 times, 3 threads, 5 arrived, 6 generation, 7 stop,
 * 8 profile (0: none; else f64 milliseconds a launch), 9 scratch of thread 0, 10 scratch bytes a thread; from byte 128
 * on a counter a thread, of the tasks drawn from its share.
 */
import { adamw } from './adamw';
import { attention, attentionBackward } from './attention';
import { causalConv, causalConvBackward } from './causal-conv';
import { copy } from './copy';
import { elementwise } from './elementwise';
import { gatherElements, scatterElements } from './gather-elements';
import { gatherRows } from './gather-rows';
import * as math from './math';
import { matmulColumns, matmulRows } from './matmul';
import { philox, random } from './random';
import { clipScale, columnSum, combine, rowSum, sumSquares } from './reduce';
import { rmsNorm, rmsNormBackward } from './rms-norm';
import { selectiveScan } from './selective-scan';
import { selectiveScanBackward } from './selective-scan-backward';
import { pointer, word } from './vector';

/** Milliseconds; called in profiles alone. */
// @ts-ignore: decorator
@external('env', 'clock')
declare function clock(): f64;

const JOB: usize = 0;
const TABLE: usize = 4;
const TIMES: usize = 8;
const THREADS: usize = 12;
const ARRIVED: usize = 20;
const GENERATION: usize = 24;
const STOP: usize = 28;
const PROFILE: usize = 32;
const SCRATCH: usize = 36;
const SCRATCH_BYTES: usize = 40;
/** Counters stand apart, so that two threads seldom write to one cache line. */
const DRAWN: usize = 128;
const DRAWN_STRIDE: usize = 32;

/** About 30 µs of polling: longer than most stages' imbalance, far shorter than a simulation. */
const SPINS: i32 = 20000;

function dispatch(kernel: i32, args: usize, task: i32, first: bool, scratch: usize): void {
  // The order is the encoder's table in engine/tensor/wasm/table.ts.
  switch (kernel) {
    case 0: matmulRows(args, task, first, scratch); break;
    case 1: matmulColumns(args, task, first, scratch); break;
    case 2: combine(args, task, first, scratch); break;
    case 3: columnSum(args, task, first, scratch); break;
    case 4: rowSum(args, task, first, scratch); break;
    case 5: rmsNorm(args, task, first, scratch); break;
    case 6: rmsNormBackward(args, task, first, scratch); break;
    case 7: causalConv(args, task, first, scratch); break;
    case 8: causalConvBackward(args, task, first, scratch); break;
    case 9: selectiveScan(args, task, first, scratch); break;
    case 10: selectiveScanBackward(args, task, first, scratch); break;
    case 11: attention(args, task, first, scratch); break;
    case 12: attentionBackward(args, task, first, scratch); break;
    case 13: elementwise(args, task, first, scratch); break;
    case 14: copy(args, task, first, scratch); break;
    case 15: gatherRows(args, task, first, scratch); break;
    case 16: gatherElements(args, task, first, scratch); break;
    case 17: scatterElements(args, task, first, scratch); break;
    case 18: random(args, task, first, scratch); break;
    case 19: sumSquares(args, task, first, scratch); break;
    case 20: clipScale(args, task, first, scratch); break;
    case 21: adamw(args, task, first, scratch); break;
    default: unreachable();
  }
}

/** How many tasks were drawn from a share before. */
// @ts-ignore: decorator
@inline
function draw(counter: usize, threads: i32): i32 {
  if (ASC_FEATURE_THREADS) {
    if (threads > 1) return atomic.add<i32>(counter, 1);
  }
  const drawn = load<i32>(counter);
  store<i32>(counter, drawn + 1);
  return drawn;
}

function resetShares(control: usize, threads: i32): void {
  for (let thread = 0; thread < threads; thread++) {
    const counter = control + DRAWN + <usize>thread * DRAWN_STRIDE;
    if (ASC_FEATURE_THREADS) atomic.store<i32>(counter, 0);
    else store<i32>(counter, 0);
  }
}

/** Polls a while, then sleeps until the word is no longer `value`. */
function waitWhile(at: usize, value: i32): void {
  if (ASC_FEATURE_THREADS) {
    for (let i = 0; i < SPINS; i++) {
      if (atomic.load<i32>(at) != value) return;
    }
    while (atomic.load<i32>(at) == value) atomic.wait<i32>(at, value, -1);
  }
}

/** The last to arrive resets the shares and lets the others go. */
function barrier(control: usize, threads: i32): void {
  if (ASC_FEATURE_THREADS) {
    if (threads > 1) {
      const generation = atomic.load<i32>(control + GENERATION);
      if (atomic.add<i32>(control + ARRIVED, 1) == threads - 1) {
        atomic.store<i32>(control + ARRIVED, 0);
        resetShares(control, threads);
        atomic.add<i32>(control + GENERATION, 1);
        atomic.notify(control + GENERATION, threads);
      } else {
        waitWhile(control + GENERATION, generation);
      }
      return;
    }
  }
  resetShares(control, threads);
}

function walk(control: usize, thread: i32): void {
  const times = load<i32>(control + TIMES), threads = load<i32>(control + THREADS);
  const table = <usize>load<u32>(control + TABLE);
  const profile = <usize>load<u32>(control + PROFILE);
  const scratch = <usize>load<u32>(control + SCRATCH) + <usize>thread * <usize>load<u32>(control + SCRATCH_BYTES);
  const stages = word(table, 0);
  for (let time = 0; time < times; time++) {
    let stage = table + 4;
    for (let s = 0; s < stages; s++) {
      const started = profile && thread == 0 ? clock() : 0;
      const tasks = word(stage, 2);
      let entered = -1;
      for (let turn = 0; turn < threads; turn++) {
        const owner = thread + turn < threads ? thread + turn : thread + turn - threads;
        const counter = control + DRAWN + <usize>owner * DRAWN_STRIDE;
        const first = (tasks * owner) / threads, end = (tasks * (owner + 1)) / threads;
        let entry = stage + 12;
        let base = 0;
        let task = first + draw(counter, threads);
        while (task < end) {
          while (task - base >= word(entry, 2)) {
            base += word(entry, 2);
            entry += (<usize>word(entry, 0)) << 2;
          }
          dispatch(word(entry, 1), entry + 16, task - base, entered != <i32>entry, scratch);
          entered = <i32>entry;
          task = first + draw(counter, threads);
        }
      }
      barrier(control, threads);
      if (profile && thread == 0) {
        const cell = profile + ((<usize>word(stage + 12, 3)) << 3);
        store<f64>(cell, load<f64>(cell) + clock() - started);
      }
      stage += (<usize>word(stage, 0)) << 2;
    }
  }
}

/** Runs the job in the control block, helpers included, and returns when all of it is done. */
export function run(control: usize): void {
  if (ASC_FEATURE_THREADS) {
    if (load<i32>(control + THREADS) > 1) {
      atomic.add<i32>(control + JOB, 1);
      atomic.notify(control + JOB, -1);
    }
  }
  walk(control, 0);
}

/** A helper's life: sleeps until the job number changes, takes part, until told to stop. */
export function help(control: usize, thread: i32, seen: i32): void {
  if (ASC_FEATURE_THREADS) {
    while (true) {
      waitWhile(control + JOB, seen);
      if (atomic.load<i32>(control + STOP)) return;
      seen++;
      walk(control, thread);
    }
  }
}

/** For tests: one elementary function, four lanes at a time. */
export { initialise } from './constants';

export function evaluate(which: i32, x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const v = v128.load(x);
    let r = v;
    switch (which) {
      case 0: r = math.exp(v); break;
      case 1: r = math.log(v); break;
      case 2: r = math.tanh(v); break;
      case 3: r = math.sigmoid(v); break;
      case 4: r = math.softplus(v); break;
      case 5: r = math.silu(v); break;
      case 6: r = math.exp2Negative(v); break;
      case 7: r = math.sinTurn(v); break;
      case 8: r = math.cosTurn(v); break;
    }
    v128.store(y, r);
    x += 16;
    y += 16;
  }
}

/** For tests: the known answer. Words: counter ×4, key ×2, then four words out. */
export function philoxWords(at: usize): void {
  v128.store(
    at + 24,
    philox(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5)),
  );
}
