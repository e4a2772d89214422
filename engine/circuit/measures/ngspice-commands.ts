import type { AnalysisDefinition, MeasureDefinition } from '../../api/circuit';

type Named = Exclude<MeasureDefinition, (...values: never[]) => number>;

/**
 * The commands by which ngspice itself measures the same on the current plot and prints `name = value`; null where it
 * cannot. Its readings are plainer than ours (straight lines where we use cubics), so the last digits may differ.
 * @param finalName name of the shell variable that holds an earlier analysis' value
 */
export function measureCommands(
  name: string,
  measure: Named,
  kind: AnalysisDefinition['kind'],
  finalName: (analysis: string, vector: string) => string,
): string[] | null {
  const output = String(measure.output);
  // ngspice takes no index on the single value of an operating point.
  const final = kind === 'op' ? output : `${output}[length(${output})-1]`;
  // Of the swept value, or of a vector that follows from it.
  const slope = measure.input === undefined ? `abs(deriv(${output}))` : `abs(deriv(${output})/deriv(${measure.input}))`;
  const ratio = measure.input === undefined ? output : `${output}/${measure.input}`;
  const show = [`print ${name}`];
  switch (measure.use) {
    case 'value':
      if (measure.at !== undefined) return null;
      return [`let ${name} = ${final}*${Number(measure.scale ?? 1)}`, ...show];
    case 'meas':
      return [`meas ${kind} ${name} ${measure.statement}`];
    case 'supply-current':
      return [`let ${name} = -${final}`, ...show];
    case 'sweep-gain':
      return [`let ${name} = vecmax(${slope})`, ...show];
    case 'sweep-swing':
      return [
        `let slope_ = ${slope}`,
        'let limit_ = 0*slope_ + vecmax(slope_)/sqrt(2)',
        `let swept_ = ${output}`,
        // Where the slope rises to its limit and where it falls back, or the end of the sweep.
        'let begin_ = swept_[0]',
        'if slope_[0] < limit_[0]',
        'meas dc rise_ find swept_ when slope_=limit_ rise=1',
        'let begin_ = rise_',
        'end',
        'let end_ = swept_[length(swept_)-1]',
        'if slope_[length(slope_)-1] < limit_[0]',
        'meas dc fall_ find swept_ when slope_=limit_ fall=last',
        'let end_ = fall_',
        'end',
        `let ${name} = abs(end_ - begin_)`,
        ...show,
      ];
    case 'gain':
      return [`let magnitude_ = mag(${ratio})`, `let ${name} = magnitude_[0]`, ...show];
    case 'unity-gain-frequency':
      return [`let db_ = db(${ratio})`, `meas ac ${name} when db_=0 fall=1`];
    case 'phase-margin':
      return [
        `let db_ = db(${ratio})`,
        `let phase_ = cph(${ratio})`,
        'meas ac at_unity find phase_ when db_=0 fall=1',
        `let ${name} = 180 - (phase_[0] - at_unity)`,
        ...show,
      ];
    case 'settling': {
      const settled = finalName(String(measure['final-analysis']), output);
      return [
        `let error_ = abs(${output} - $${settled})`,
        `meas tran last_ when error_=${Number(measure.tolerance)} fall=last`,
        // What has not settled by the end has taken all of the time.
        `let unsettled_ = error_[length(error_)-1] gt ${Number(measure.tolerance)}`,
        `let ${name} = last_ + unsettled_*(time[length(time)-1] - last_) - ${Number(measure.edge)}`,
        ...show,
      ];
    }
    case 'charge':
      if (measure.scale !== undefined) return null;
      return [
        `meas tran integral_ integ ${output} from=${Number(measure.from)} to=${Number(measure.to)}`,
        `let ${name} = -integral_`,
        ...show,
      ];
    default:
      return null;
  }
}
