/** The named measures that a circuit may use without code. */
import type { MeasureContext, MeasureDefinition, Waveforms } from '../../api/circuit';
import { OhmbaError } from '../../base';
import type { Lookup } from '../deck/expression';
import { statementVector } from '../deck/read-step';
import { numberOf } from '../deck/template';
import { lowFrequencyGain, peakGain, phaseMargin, rejection, unityGainFrequency } from './ac';
import { crossing, smoothCrossing, valueAt } from './curves';
import { dropout, sweepGain, sweepSwing } from './dc';
import { integratedNoise } from './noise';
import { integral, settlingTime } from './transient';

type Arguments = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface NamedMeasure {
  readonly title: string;
  /** Whether it reads a vector, named as `output`; true where left out. */
  readonly vector?: false;
  /** Arguments besides `analysis` and `output`; a trailing ? marks one that may be left out. */
  readonly arguments: readonly string[];
  read(waveforms: Waveforms, output: string, args: Arguments, context: MeasureContext): number;
}

const number = (args: Arguments, name: string, otherwise = Number.NaN): number => Number(args[name] ?? otherwise);

const vectorName = (args: Arguments, name: string): string | undefined =>
  args[name] === undefined ? undefined : String(args[name]).toLowerCase();

/** The last value of a vector in another analysis: an operating point. */
function finalValue(context: MeasureContext, analysis: string, vector: string): number {
  return context.results[analysis]?.real[vector]?.at(-1) ?? Number.NaN;
}

export const NAMED_MEASURES: Readonly<Record<string, NamedMeasure>> = {
  meas: {
    title: 'what a statement of ngspice finds: what follows `meas KIND NAME`',
    arguments: ['statement'],
    vector: false,
    read: ({ real }, _, args) => real[statementVector(String(args.statement))]?.[0] ?? Number.NaN,
  },
  value: {
    title: 'value of a vector: at its end, or at a place on the axis',
    arguments: ['at?', 'scale?'],
    read: ({ axis, real }, output, args) => {
      const y = real[output];
      if (!y) return Number.NaN;
      return number(args, 'scale', 1) * (args.at === undefined ? y[y.length - 1]! : valueAt(axis, y, number(args, 'at')));
    },
  },
  'supply-current': {
    title: 'current drawn from a voltage source, the output being i(source)',
    arguments: [],
    read: ({ real }, output) => -(real[output]?.at(-1) ?? Number.NaN),
  },
  'supply-power': {
    title: 'current drawn from the supply times its voltage',
    arguments: [],
    read: ({ real }, output, _, { supply }) => -(real[output]?.at(-1) ?? Number.NaN) * supply,
  },
  'sweep-gain': {
    title: 'largest slope of a DC sweep, over what is swept or over another vector',
    arguments: ['input?'],
    read: (w, output, args) => sweepGain(w, output, vectorName(args, 'input')),
  },
  'sweep-swing': {
    title: 'output span in which the gain of a DC sweep stays above its maximum over sqrt 2',
    arguments: ['input?'],
    read: (w, output, args) => sweepSwing(w, output, vectorName(args, 'input')),
  },
  dropout: {
    title: 'supply less output where a falling supply, swept, takes the output through a level: the voltage a regulator needs',
    arguments: ['level'],
    read: (w, output, args) => dropout(w, output, number(args, 'level')),
  },
  // These take the output over an `input`, where one is named.
  gain: {
    title: 'magnitude at the lowest frequency of an AC analysis',
    arguments: ['input?'],
    read: (w, output, args) => lowFrequencyGain(w, output, vectorName(args, 'input')),
  },
  'unity-gain-frequency': {
    title: 'frequency at which the magnitude falls through 1',
    arguments: ['input?'],
    read: (w, output, args) => unityGainFrequency(w, output, vectorName(args, 'input')),
  },
  'phase-margin': {
    title: 'phase left at the unity-gain frequency, in degrees',
    arguments: ['input?'],
    read: (w, output, args) => phaseMargin(w, output, vectorName(args, 'input')),
  },
  'peak-gain': {
    title: 'largest magnitude between two frequencies',
    arguments: ['from', 'to'],
    read: (w, output, args) => peakGain(w, output, number(args, 'from'), number(args, 'to')),
  },
  rejection: {
    title: 'worst rejection in dB between two frequencies',
    arguments: ['from', 'to'],
    read: (w, output, args) => rejection(w, output, number(args, 'from'), number(args, 'to')),
  },
  noise: {
    title: 'noise between two frequencies of a noise analysis, in volts (rms); output: inoise_spectrum or onoise_spectrum',
    arguments: ['from', 'to'],
    read: (w, output, args) => integratedNoise(w, output, number(args, 'from'), number(args, 'to')),
  },
  settling: {
    title: 'time from an edge until the signal stays near its final value, which another analysis gives',
    arguments: ['edge', 'window', 'final-analysis', 'tolerance'],
    read: (w, output, args, context) =>
      settlingTime(w, output, {
        edge: number(args, 'edge'),
        window: number(args, 'window'),
        final: finalValue(context, String(args['final-analysis']), output),
        tolerance: number(args, 'tolerance'),
      }),
  },
  delay: {
    title: 'time from one crossing to another',
    arguments: ['from-output', 'from-level', 'from-edge', 'level', 'edge', 'after?'],
    read: ({ axis, real }, output, args) => {
      const [trigger, target] = [real[String(args['from-output']).toLowerCase()], real[output]];
      if (!trigger || !target) return Number.NaN;
      const edge = (name: string) => String(args[name] ?? 'either') as 'rise' | 'fall' | 'either';
      const start = crossing(axis, trigger, number(args, 'from-level'), edge('from-edge'), number(args, 'after', axis[0]!));
      // Straight lines for the trigger, which often is a source with corners.
      return smoothCrossing(axis, target, number(args, 'level'), edge('edge'), start) - start;
    },
  },
  charge: {
    title: 'integral over time, with the sign turned: the charge that a source gives; scaled by its voltage, the energy',
    arguments: ['from', 'to', 'scale?'],
    read: (w, output, args) => -integral(w, output, number(args, 'from'), number(args, 'to')) * number(args, 'scale', 1),
  },
  slew: {
    title: 'slope between two levels of a rising or falling signal, in volts a second',
    arguments: ['low', 'high', 'edge', 'after?'],
    read: ({ axis, real }, output, args) => {
      const y = real[output];
      if (!y) return Number.NaN;
      const rises = args.edge !== 'fall';
      const [low, high] = [number(args, 'low'), number(args, 'high')];
      const start = crossing(axis, y, rises ? low : high, rises ? 'rise' : 'fall', number(args, 'after', axis[0]!));
      return (high - low) / (crossing(axis, y, rises ? high : low, rises ? 'rise' : 'fall', start) - start);
    },
  },
};

/** The value of a measure; NaN where its analysis did not run or has nothing to read. */
export function readMeasure(measure: MeasureDefinition, context: MeasureContext): number {
  if (typeof measure === 'function') return measure(context);
  const waveforms = context.results[String(measure.analysis)];
  if (!waveforms) return Number.NaN;
  return NAMED_MEASURES[measure.use]!.read(waveforms, String(measure.output).toLowerCase(), filled(measure, context), context);
}

/** Arguments with their `{expressions}` filled in. */
function filled(args: Arguments, context: MeasureContext): Arguments {
  const entries = Object.entries(args);
  if (!entries.some(([, value]) => hasExpression(value))) return args;
  const lookup = contextLookup(context);
  return Object.fromEntries(entries.map(([name, value]) => [name, hasExpression(value) ? numberOf(value, lookup) : value]));
}

function hasExpression(value: Arguments[string]): value is string {
  return typeof value === 'string' && value.includes('{');
}

/** What texts in guards and measures may name. */
export function contextLookup({ parameters, supply, temperature }: MeasureContext): Lookup {
  const table = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]));
  table.set('supply', supply).set('temperature', temperature);
  return (name) => table.get(name);
}

/**
 * Checks a named measure once, where a circuit is registered.
 * @throws OhmbaError if there is no such measure, or an argument is missing or unknown
 */
export function checkMeasure(name: string, measure: MeasureDefinition): void {
  if (typeof measure === 'function') return;
  const known = Object.hasOwn(NAMED_MEASURES, measure.use) ? NAMED_MEASURES[measure.use] : undefined;
  if (!known)
    throw new OhmbaError({
      what: `the measure "${name}" uses "${measure.use}", which does not exist`,
      expected: `one of ${Object.keys(NAMED_MEASURES).join(', ')}`,
      todo: 'correct its "use"',
    });
  const required = [
    'analysis',
    ...(known.vector === false ? [] : ['output']),
    ...known.arguments.filter((argument) => !argument.endsWith('?')),
  ];
  const allowed = new Set(['use', ...required, ...known.arguments.map((argument) => argument.replace('?', ''))]);
  const missing = required.find((argument) => measure[argument] === undefined);
  const unknown = Object.keys(measure).find((argument) => !allowed.has(argument));
  if (missing === undefined && unknown === undefined) return;
  throw new OhmbaError({
    what: `the measure "${name}" (${measure.use}) ${missing === undefined ? `has an unknown argument "${unknown}"` : `lacks "${missing}"`}`,
    expected: `the arguments ${[...allowed].filter((argument) => argument !== 'use').join(', ')}`,
    todo: 'correct the measure',
  });
}
