import type { AnalysisResults, CircuitDefinition, Evaluation, FailureClass, MeasureContext, Waveforms } from '../api/circuit';
import { messageOf } from '../base';
import { isData } from './deck/deck-definition';
import { guardFault } from './guards';
import { contextLookup, readMeasure } from './measures';
import { netlistComplaint } from './netlist-complaint';

/** What came back from ngspice, whichever way it ran. */
export interface RawOutcome {
  readonly results: AnalysisResults;
  readonly log: string;
  readonly milliseconds: number;
}

interface Fault {
  readonly failure: FailureClass;
  readonly detail: string;
}

/**
 * Reads measures and validity out of simulation results. The only place that decides what counts: exit codes prove
 * nothing, so everything is checked for presence, finiteness and range. Every backend's results come through here.
 */
export function readEvaluation(
  circuit: CircuitDefinition,
  parameters: Float64Array,
  outcome: RawOutcome,
  detail = false,
): Evaluation {
  const context: MeasureContext = {
    results: outcome.results,
    parameters: Object.fromEntries(circuit.parameters.map((parameter, i) => [parameter.name, parameters[i]!])),
    supply: circuit.process.supply,
    temperature: circuit.process.temperature,
  };
  const faultOfAnalyses = analysisFault(circuit, context, outcome.log);
  const counted = {
    ...context,
    results: faultOfAnalyses ? upTo(circuit, outcome.results, faultOfAnalyses.analysis) : outcome.results,
  };
  const troubles: string[] = [];
  const measures = Float64Array.from(circuit.specs, ({ name }) => {
    try {
      return finite(readMeasure(circuit.measures[name]!, counted));
    } catch (thrown) {
      // A plugin's own function: its fault is one missing measure, never the run's end.
      troubles.push(`the measure "${name}" threw: ${messageOf(thrown)}`);
      return Number.NaN;
    }
  });
  const thrown: Fault | null = troubles.length > 0 ? { failure: 'missing-measure', detail: troubles.join('; ') } : null;
  const fault = faultOfAnalyses ?? thrown ?? measureFault(circuit, measures);
  return {
    measures,
    valid: fault === null,
    failure: fault?.failure ?? null,
    failureDetail: fault?.detail ?? '',
    milliseconds: outcome.milliseconds,
    ...(detail ? { curves: outcome.results } : {}),
  };
}

/** An evaluation that never came to results. */
export function failedEvaluation(
  circuit: CircuitDefinition,
  failure: FailureClass,
  detail: string,
  milliseconds: number,
): Evaluation {
  return {
    measures: new Float64Array(circuit.specs.length).fill(Number.NaN),
    valid: false,
    failure,
    failureDetail: detail,
    milliseconds,
  };
}

function analysisFault(circuit: CircuitDefinition, context: MeasureContext, log: string): (Fault & { analysis: string }) | null {
  const lookup = contextLookup(context);
  for (const analysis of circuit.analyses) {
    const waveforms = context.results[analysis.id];
    if (!waveforms) return { ...faultFromLog(circuit.netlist, log, `${analysis.id} gave no result`), analysis: analysis.id };
    if (analysis.kind === 'tran' && stopsEarly(waveforms, log))
      return { failure: 'no-convergence', detail: `${analysis.id} ended early`, analysis: analysis.id };
    for (const guard of analysis.guards ?? []) {
      const wrong = isData(guard) ? guardFault(guard, waveforms, lookup) : guard(context);
      if (wrong !== null) return { failure: 'invalid-operating-point', detail: wrong, analysis: analysis.id };
    }
  }
  return null;
}

/** Results of the analyses before the one at fault, and of that one itself where it is there to be looked at. */
function upTo(circuit: CircuitDefinition, results: AnalysisResults, analysis: string): AnalysisResults {
  const kept: Record<string, Waveforms> = {};
  for (const { id } of circuit.analyses) {
    if (results[id]) kept[id] = results[id];
    if (id === analysis) break;
  }
  return kept;
}

const NO_CONVERGENCE =
  /timestep too small|no convergence|iteration limit|singular matrix|convergence problem|failed to converge|dynamic gmin/i;
const BAD_NETLIST =
  /^\s*(error|fatal)\b.*|undefined parameter|unknown subckt|can't find model|unable to find definition of model|no such (vector|source)|syntax error|could not find a valid modelname/im;

function stopsEarly(_waveforms: Waveforms, log: string): boolean {
  return /timestep too small|simulation\(s\) aborted/i.test(log);
}

function faultFromLog(netlist: string, log: string, otherwise: string): Fault {
  const complaint = netlistComplaint(netlist, log);
  const bad = BAD_NETLIST.exec(log);
  if (NO_CONVERGENCE.test(log)) return { failure: 'no-convergence', detail: otherwise };
  if (complaint !== null) return { failure: 'bad-netlist', detail: complaint };
  if (bad) return { failure: 'bad-netlist', detail: `${otherwise}: ${bad[0].trim()}` };
  return { failure: 'missing-measure', detail: otherwise };
}

function measureFault(circuit: CircuitDefinition, measures: Float64Array): Fault | null {
  for (const [i, spec] of circuit.specs.entries()) {
    const value = measures[i]!;
    if (Number.isNaN(value)) return { failure: 'missing-measure', detail: `${spec.name} could not be measured` };
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = circuit.plausible?.[spec.name] ?? {};
    if (value < minimum || value > maximum)
      return {
        failure: 'out-of-range',
        detail: `${spec.name} = ${value.toPrecision(4)} ${spec.unit}, ${value < minimum ? `below ${minimum}` : `above ${maximum}`}: no working circuit`,
      };
  }
  return null;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
