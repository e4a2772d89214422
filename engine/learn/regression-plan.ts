import type { AgentCircuit } from '../api';
import { add, compile, exp, Graph, matmul, maximum, mul, neg, type Plan, rowSum, sqrt, square } from '../tensor';
import { DEVIATION_FROM, type MeasureRegression } from './measure-regression';
import { type Programs, RANK_CHUNK } from './programs';

/** Points that a regression holds at most. */
export const REGRESSION_POINTS = 200;

/**
 * Gaussian processes of S measures at `count` sizings at once, with D parameters. A squared distance |a - b|² is a product of
 * (-2a, 1, |a|²) and (b, |b|², 1), so nearly all of it is products of matrices. Each spec has length scales of its own: rows
 * stand spec by spec. Inputs, with v the sizings about ½ and scaled by 1 / length where it says so:
 * `asked` [S · count, D + 2] scaled, `plain` [S · count, D]; `points` [S · N, D + 2] scaled and `weights` [S, N];
 * `near` [S · M, D + 2] scaled, `root` [S · M, M] and `rootTrend` [S · M, D]. Outputs `mean` without trend and
 * `explained`, both [S · count, 1].
 */
export function buildRegressionPlan(name: string, count: number, specs: number, parameters: number): Plan {
  const g = new Graph(name);
  const asked = g.input('asked', specs * count, parameters + 2);
  const plain = g.input('plain', specs * count, parameters);
  const points = g.input('points', specs * REGRESSION_POINTS, parameters + 2);
  const near = g.input('near', specs * DEVIATION_FROM, parameters + 2);
  const similarity = (to: typeof points) => {
    const s = sqrt(mul(maximum(matmul(asked, to, 'nt', specs), 0), 5));
    return mul(add(add(s, 1), mul(square(s), 1 / 3)), exp(neg(s)));
  };
  g.output('mean', matmul(similarity(points), g.input('weights', specs, REGRESSION_POINTS), 'nt', specs));
  const explained = add(
    matmul(similarity(near), g.input('root', specs * DEVIATION_FROM, DEVIATION_FROM), 'nt', specs),
    matmul(plain, g.input('rootTrend', specs * DEVIATION_FROM, parameters), 'nt', specs),
  );
  g.output('explained', rowSum(square(explained)));
  return compile(g);
}

/** Means and standard deviations, sizing i and spec k at [i · S + k]; zeros for specs that have no regression. */
export interface RegressedMeasures {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** What the regressions of a circuit say of sizings: `meanAt` and `deviationAt` of each, many at once. */
export async function askRegressions(
  programs: Programs,
  circuit: AgentCircuit,
  sizings: readonly Float32Array[],
  measures: readonly (MeasureRegression | null)[],
): Promise<RegressedMeasures> {
  const S = measures.length;
  const D = circuit.info.parameters.length;
  const program = programs.regress[circuit.info.index]!;
  writeTables(program, measures, D);
  const result = { mean: new Float64Array(sizings.length * S), deviation: new Float64Array(sizings.length * S) };
  const asked = new Float32Array(S * RANK_CHUNK * (D + 2));
  const plain = new Float32Array(S * RANK_CHUNK * D);
  for (let first = 0; first < sizings.length; first += RANK_CHUNK) {
    const count = Math.min(RANK_CHUNK, sizings.length - first);
    for (const [k, measure] of measures.entries()) {
      if (!measure) continue;
      const { scales } = measure.tables;
      for (let i = 0; i < count; i++) {
        const row = k * RANK_CHUNK + i;
        scaledRow(sizings[first + i]!, scales, -2, asked, row * (D + 2), true);
        for (let c = 0; c < D; c++) plain[row * D + c] = sizings[first + i]![c]! - 0.5;
      }
    }
    program.write('asked', asked);
    program.write('plain', plain);
    program.run();
    const mean = await program.read('mean');
    const explained = await program.read('explained');
    for (const [k, measure] of measures.entries()) {
      if (!measure) continue;
      const { middle, spread, signal, linear, trend } = measure.tables;
      for (let i = 0; i < count; i++) {
        const row = k * RANK_CHUNK + i;
        let along = 0;
        let square = 0;
        for (let c = 0; c < D; c++) {
          const v = plain[row * D + c]!;
          along += trend[c]! * v;
          square += v * v;
        }
        result.mean[(first + i) * S + k] = middle + spread * (mean[row]! + along);
        result.deviation[(first + i) * S + k] = spread * Math.sqrt(Math.max(0, signal + linear * square - explained[row]!));
      }
    }
  }
  return result;
}

/** (f·v, then 1 and |v|² or the other way round), with v the sizing about ½ and scaled. */
function scaledRow(
  u: Float32Array,
  scales: Float64Array,
  factor: number,
  into: Float32Array,
  at: number,
  oneFirst: boolean,
): void {
  const D = u.length;
  let square = 0;
  for (let c = 0; c < D; c++) {
    const v = (u[c]! - 0.5) * scales[c]!;
    into[at + c] = factor * v;
    square += v * v;
  }
  into[at + D] = oneFirst ? 1 : square;
  into[at + D + 1] = oneFirst ? square : 1;
}

function writeTables(program: Programs['regress'][number], measures: readonly (MeasureRegression | null)[], D: number): void {
  const S = measures.length;
  const [N, M] = [REGRESSION_POINTS, DEVIATION_FROM];
  const points = new Float32Array(S * N * (D + 2));
  const weights = new Float32Array(S * N);
  const near = new Float32Array(S * M * (D + 2));
  const root = new Float32Array(S * M * M);
  const rootTrend = new Float32Array(S * M * D);
  for (const [k, measure] of measures.entries()) {
    if (!measure) continue;
    const { tables } = measure;
    const m = Math.min(M, tables.sizings.length);
    weights.set(tables.weights, k * N);
    for (const [i, u] of tables.sizings.entries()) {
      scaledRow(u, tables.scales, 1, points, (k * N + i) * (D + 2), false);
      if (i >= m) continue;
      scaledRow(u, tables.scales, 1, near, (k * M + i) * (D + 2), false);
      for (let j = 0; j <= i; j++) {
        const value = tables.root[j * m + i]!;
        root[(k * M + i) * M + j] = tables.signal * value;
        for (let c = 0; c < D; c++) {
          rootTrend[(k * M + i) * D + c]! += tables.linear * value * (tables.sizings[j]![c]! - 0.5);
        }
      }
    }
  }
  program.write('points', points);
  program.write('weights', weights);
  program.write('near', near);
  program.write('root', root);
  program.write('rootTrend', rootTrend);
}
