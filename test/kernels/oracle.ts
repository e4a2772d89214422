/** What each kernel means, in float64 loops over a flat store: the contract of engine/tensor/plan.ts, spelled out. */
import type { Launch, Plan, View } from '../../engine/tensor/plan';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const silu = (x: number) => x * sigmoid(x);
const siluSlope = (x: number) => sigmoid(x) * (1 + x * (1 - sigmoid(x)));
const activations = { none: (x: number) => x, relu: (x: number) => Math.max(x, 0), tanh: Math.tanh, silu };
const unary = {
  neg: (x: number) => -x,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  square: (x: number) => x * x,
  reciprocal: (x: number) => 1 / x,
  tanh: Math.tanh,
  sigmoid,
  softplus,
  silu,
  relu: (x: number) => Math.max(x, 0),
  step: (x: number) => (x > 0 ? 1 : 0),
  floor: Math.floor,
};
const binary = {
  add: (x: number, y: number) => x + y,
  sub: (x: number, y: number) => x - y,
  mul: (x: number, y: number) => x * y,
  div: (x: number, y: number) => x / y,
  max: Math.max,
  min: Math.min,
  less: (x: number, y: number) => (x < y ? 1 : 0),
};

function philox(counter: number[], key0: number): number[] {
  let [c0, c1, c2, c3] = counter.map((c) => BigInt(c >>> 0)) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = [BigInt(key0 >>> 0), 0n];
  const low = 0xffffffffn;
  for (let i = 0; i < 10; i++) {
    const [p0, p1] = [c0 * 0xd2511f53n, c2 * 0xcd9e8d57n];
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & low, (p0 >> 32n) ^ c3 ^ k1, p0 & low];
    k0 = (k0 + 0x9e3779b9n) & low;
    k1 = (k1 + 0xbb67ae85n) & low;
  }
  return [c0, c1, c2, c3].map(Number);
}

/** Runs the plan's launches over `store` (all views lie in one group), rounding what is written to f32. */
export function interpret(plan: Plan, store: Float32Array): void {
  for (const launch of plan.launches) {
    const written: [number, number][] = [];
    evaluate(launch, plan, store, (at, value) => written.push([at, value]));
    for (const [at, value] of written) store[at] = value;
  }
}

function evaluate(launch: Launch, plan: Plan, store: Float32Array, write: (at: number, value: number) => void): void {
  const index = (i: number) => {
    const list = launch.index[i];
    return list ? Array.from(plan.indices.subarray(list.offset, list.offset + list.length)) : null;
  };
  const get = (view: View | null | undefined, r: number, c: number) => store[view!.offset + r * view!.stride + c]!;
  const put = (view: View | null | undefined, r: number, c: number, value: number) => {
    if (view) write(view.offset + r * view.stride + c, value);
  };
  const flat = (view: View, i: number) => get(view, Math.floor(i / view.columns), i % view.columns);
  const { inputs, outputs } = launch;
  const [x, second, third, fourth] = inputs;
  const [y] = outputs;
  const each = (view: View, f: (r: number, c: number) => number) => {
    for (let r = 0; r < view.rows; r++) for (let c = 0; c < view.columns; c++) put(view, r, c, f(r, c));
  };
  const table = (rows: number, columns: number) => Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  const save = (view: View | null | undefined, values: number[][]) => view && each(view, (r, c) => values[r]![c]!);
  switch (launch.kernel) {
    case 'matmul': {
      const { variant, m, n, k, activation } = launch.attributes;
      each(y!, (row, j) => {
        const g = Math.floor(row / m);
        const i = row - g * m;
        let sum = third ? get(third, g, j) : 0;
        for (let p = 0; p < k; p++) {
          const a = variant === 'tn' ? get(x, g * k + p, i) : get(x, row, p);
          sum += a * (variant === 'nt' ? get(second, g * n + j, p) : get(second, g * k + p, j));
        }
        return activations[activation](sum);
      });
      break;
    }
    case 'column-sum': {
      const rows = x!.rows / launch.attributes.groups;
      each(y!, (g, c) => {
        let sum = 0;
        for (let r = 0; r < rows; r++) sum += get(x, g * rows + r, c);
        return sum;
      });
      break;
    }
    case 'row-sum':
      each(y!, (r) => {
        let sum = 0;
        for (let c = 0; c < x!.columns; c++) sum += get(x, r, c);
        return sum;
      });
      break;
    case 'rms-norm':
    case 'rms-norm-backward': {
      const { groups, eps } = launch.attributes;
      for (let r = 0; r < x!.rows; r++) {
        const g = Math.floor((r * groups) / x!.rows);
        const n = x!.columns;
        let square = 0;
        let product = 0;
        for (let c = 0; c < n; c++) {
          square += get(x, r, c) ** 2 / n;
          if (third) product += (get(third, r, c) * get(second, g, c) * get(x, r, c)) / n;
        }
        const scale = 1 / Math.sqrt(square + eps);
        for (let c = 0; c < n; c++) {
          if (launch.kernel === 'rms-norm') put(y, r, c, get(x, r, c) * scale * get(second, g, c));
          else {
            put(y, r, c, scale * (get(third, r, c) * get(second, g, c) - get(x, r, c) * product * scale * scale));
            put(outputs[1], r, c, get(third, r, c) * get(x, r, c) * scale);
          }
        }
      }
      break;
    }
    case 'causal-conv':
    case 'causal-conv-backward': {
      const { groups, width, activation } = launch.attributes;
      const [rows, D] = [x!.rows, x!.columns];
      const starts = index(0)!;
      const [dx, dw, db] = [table(rows, D), table(groups * D, width), table(groups, D)];
      for (let s = 0; s + 1 < starts.length; s++) {
        for (let t = starts[s]!; t < starts[s + 1]!; t++) {
          const g = Math.floor((t * groups) / rows);
          for (let d = 0; d < D; d++) {
            const taps = Array.from({ length: width }, (_, j) => t - (width - 1) + j);
            let sum = get(third, g, d);
            taps.forEach((at, j) => {
              if (at >= starts[s]!) sum += get(second, g * D + d, j) * get(x, at, d);
            });
            if (launch.kernel === 'causal-conv') {
              put(y, t, d, activations[activation](sum));
              continue;
            }
            const slope = get(fourth, t, d) * (activation === 'silu' ? siluSlope(sum) : 1);
            db[g]![d]! += slope;
            taps.forEach((at, j) => {
              if (at < starts[s]!) return;
              dx[at]![d]! += slope * get(second, g * D + d, j);
              dw[g * D + d]![j]! += slope * get(x, at, d);
            });
          }
        }
      }
      if (launch.kernel === 'causal-conv-backward') for (const [i, values] of [dx, dw, db].entries()) save(outputs[i], values);
      break;
    }
    case 'selective-scan':
    case 'selective-scan-backward': {
      const { groups } = launch.attributes;
      const [u, delta, aLog, b, c, skip, z, dy] = inputs;
      const [rows, D, N] = [u!.rows, u!.columns, aLog!.columns];
      const starts = index(0)!;
      const backward = launch.kernel === 'selective-scan-backward';
      const grads = inputs.slice(0, 7).map((view) => (view ? table(view.rows, view.columns) : null));
      const [du, dDelta, dA, dB, dC, dSkip, dZ] = grads;
      for (let s = 0; s + 1 < starts.length; s++) {
        const [first, end] = [starts[s]!, starts[s + 1]!];
        const g = Math.floor((first * groups) / rows);
        for (let d = 0; d < D; d++) {
          const A = Array.from({ length: N }, (_, n) => -Math.exp(get(aLog, g * D + d, n)));
          const history = [new Array<number>(N).fill(0)];
          const core: number[] = [];
          for (let t = first; t < end; t++) {
            const step = softplus(get(delta, t, d));
            const before = history[history.length - 1]!;
            const h = before.map((v, n) => Math.exp(step * A[n]!) * v + step * get(u, t, d) * get(b, t, n));
            history.push(h);
            const sum = h.reduce((acc, v, n) => acc + v * get(c, t, n), get(skip, g, d) * get(u, t, d));
            core.push(sum);
            if (!backward) put(y, t, d, sum * (z ? silu(get(z, t, d)) : 1));
          }
          if (!backward) continue;
          const carry = new Array<number>(N).fill(0);
          for (let t = end - 1; t >= first; t--) {
            const step = softplus(get(delta, t, d));
            const ut = get(u, t, d);
            const slope = get(dy, t, d) * (z ? silu(get(z, t, d)) : 1);
            if (z) dZ![t]![d] = get(dy, t, d) * core[t - first]! * siluSlope(get(z, t, d));
            dSkip![g]![d]! += slope * ut;
            du![t]![d]! += slope * get(skip, g, d);
            let dStep = 0;
            for (let n = 0; n < N; n++) {
              const dh = carry[n]! + slope * get(c, t, n);
              const decay = Math.exp(step * A[n]!);
              const before = history[t - first]![n]!;
              dC![t]![n]! += slope * history[t - first + 1]![n]!;
              dB![t]![n]! += dh * step * ut;
              du![t]![d]! += dh * step * get(b, t, n);
              dStep += dh * (ut * get(b, t, n) + before * decay * A[n]!);
              dA![g * D + d]![n]! += dh * before * decay * step * A[n]!;
              carry[n] = dh * decay;
            }
            dDelta![t]![d] = dStep * sigmoid(get(delta, t, d));
          }
        }
      }
      if (backward) for (const [i, values] of grads.entries()) if (values) save(outputs[i], values);
      break;
    }
    case 'attention':
    case 'attention-backward': {
      const { heads } = launch.attributes;
      const E = x!.columns / heads;
      const starts = index(0)!;
      const [q, k, v, dy] = inputs;
      const grads = [q, k, v].map((view) => table(view!.rows, view!.columns)) as [number[][], number[][], number[][]];
      for (let s = 0; s + 1 < starts.length; s++) {
        for (let head = 0; head < heads; head++) {
          const columns = Array.from({ length: E }, (_, e) => head * E + e);
          const rows = Array.from({ length: starts[s + 1]! - starts[s]! }, (_, i) => starts[s]! + i);
          for (const i of rows) {
            const scores = rows.map((j) => columns.reduce((acc, c) => acc + get(q, i, c) * get(k, j, c), 0) / Math.sqrt(E));
            const top = Math.max(...scores);
            const total = scores.reduce((acc, score) => acc + Math.exp(score - top), 0);
            const p = scores.map((score) => Math.exp(score - top) / total);
            if (launch.kernel === 'attention') {
              for (const c of columns)
                put(
                  y,
                  i,
                  c,
                  rows.reduce((acc, j, at) => acc + p[at]! * get(v, j, c), 0),
                );
              continue;
            }
            const dp = rows.map((j) => columns.reduce((acc, c) => acc + get(dy, i, c) * get(v, j, c), 0));
            const mean = dp.reduce((acc, slope, at) => acc + slope * p[at]!, 0);
            rows.forEach((j, at) => {
              const ds = (p[at]! * (dp[at]! - mean)) / Math.sqrt(E);
              for (const c of columns) {
                grads[0][i]![c]! += ds * get(k, j, c);
                grads[1][j]![c]! += ds * get(q, i, c);
                grads[2][j]![c]! += p[at]! * get(dy, i, c);
              }
            });
          }
        }
      }
      if (launch.kernel === 'attention-backward') for (const [i, values] of grads.entries()) save(outputs[i], values);
      break;
    }
    case 'elementwise': {
      const { rows, columns, groups, broadcast, program, results } = launch.attributes;
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const registers = inputs.map((view, i) => {
            const kind = broadcast[i]!;
            const row = kind === 'row' ? Math.floor((r * groups) / rows) : kind === 'scalar' ? 0 : r;
            return get(view, row, kind === 'column' || kind === 'scalar' ? 0 : c);
          });
          for (const step of program) {
            if (step.op === 'constant') registers.push(step.value);
            else if (step.op === 'select') registers.push(registers[step.c]! > 0 ? registers[step.a]! : registers[step.b]!);
            else if ('b' in step) registers.push(binary[step.op](registers[step.a]!, registers[step.b]!));
            else registers.push(unary[step.op](registers[step.a]!));
          }
          results.forEach((register, o) => {
            put(outputs[o], r, c, registers[register]!);
          });
        }
      }
      break;
    }
    case 'copy':
      for (let i = 0; i < x!.rows * x!.columns; i++) put(y, Math.floor(i / y!.columns), i % y!.columns, flat(x!, i));
      break;
    case 'gather-rows': {
      const [list, starts] = [index(0)!, index(1)];
      each(y!, (m, c) => {
        const rows = starts ? list.slice(starts[m]!, starts[m + 1]!) : [list[m]!];
        return launch.attributes.scale * rows.reduce((acc, r) => acc + get(x, r, c), 0);
      });
      break;
    }
    case 'gather-elements':
    case 'scatter-elements': {
      const gather = launch.kernel === 'gather-elements';
      const triples = index(0)!;
      const [pool, values] = gather ? [x!, y!] : [y!, x!];
      for (let r = 0; r < values.rows; r++) {
        const at = triples[3 * r]! + get(second, triples[3 * r + 2]!, 0) * triples[3 * r + 1]!;
        if (gather) put(values, r, 0, flat(pool, at));
        else put(pool, Math.floor(at / pool.columns), at % pool.columns, get(values, r, 0));
      }
      break;
    }
    case 'random': {
      const [low, high, step] = [get(x, 0, 0), get(x, 0, 1), get(x, 0, 2)];
      each(y!, (r, c) => {
        const i = r * y!.columns + c;
        const words = philox([i >> 2, step, launch.attributes.stream, 0], low + high * 65536);
        const uniforms = words.map((bits) => Math.fround(((bits >>> 8) + 0.5) * 2 ** -24));
        if (launch.attributes.distribution === 'uniform') return uniforms[i & 3]!;
        const [a, b] = [uniforms[i & 2]!, uniforms[(i & 2) + 1]!];
        return Math.sqrt(-2 * Math.log(a)) * (i & 1 ? Math.sin(2 * Math.PI * b) : Math.cos(2 * Math.PI * b));
      });
      break;
    }
    case 'clip-scale': {
      let sum = 0;
      for (let i = 0; i < x!.rows * x!.columns; i++) sum += flat(x!, i) ** 2;
      put(y, 0, 0, Number.isFinite(sum) ? Math.min(1, launch.attributes.maxNorm / Math.sqrt(sum)) : 0);
      break;
    }
    case 'adamw': {
      const { beta1, beta2, eps, weightDecay } = launch.attributes;
      const [scale, t, rate] = [get(second, 0, 0), get(third, 0, 0), get(fourth, 0, 0)];
      if (scale === 0) break;
      const [p, m, v] = outputs;
      each(p!, (r, c) => {
        const g = scale * get(x, r, c);
        const first = beta1 * get(m, r, c) + (1 - beta1) * g;
        const squared = beta2 * get(v, r, c) + (1 - beta2) * g * g;
        put(m, r, c, first);
        put(v, r, c, squared);
        const direction = first / (1 - beta1 ** t) / (Math.sqrt(squared / (1 - beta2 ** t)) + eps);
        return get(p, r, c) - rate * (direction + weightDecay * get(p, r, c));
      });
      break;
    }
  }
}
