import { defaultHyperParameters, type HyperParameters } from '../../learn/hyper-parameters';
import { unknownName, usageError } from '../usage-error';

/**
 * `--set warmup=40` (or `hyper.warmup=40`): the defaults with a person's changes.
 * @throws UsageError for an unknown name or a value that is no number of the right kind
 */
export function hyperParametersFrom(assigned: ReadonlyMap<string, string>): HyperParameters {
  const hyper: HyperParameters = { ...defaultHyperParameters };
  const names = Object.keys(defaultHyperParameters) as (keyof HyperParameters)[];
  for (const [given, text] of assigned) {
    const name = names.find((known) => known === given.replace(/^hyper\./, ''));
    if (name === undefined) throw unknownName('hyper-parameter', given, names);
    hyper[name] = readNumber(name, text);
  }
  return hyper;
}

/** Those that count something; the others are real numbers. */
const COUNTS: ReadonlySet<keyof HyperParameters> = new Set<keyof HyperParameters>([
  'width',
  'state',
  'layers',
  'batch',
  'warmup',
  'members',
  'modelBatch',
  'fitEvery',
  'fitSteps',
  'firstFitSteps',
  'candidates',
  'refinements',
  'realCapacity',
  'syntheticCapacity',
]);

function readNumber(name: keyof HyperParameters, text: string): number {
  const standard = defaultHyperParameters[name];
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const counts = COUNTS.has(name);
  // Only those that are negative by default (an entropy in nats) may be negative.
  const fits = Number.isFinite(value) && (value >= 0 || standard < 0) && (!counts || Number.isInteger(value));
  if (!fits)
    throw usageError(
      `${name} is "${text}"`,
      `a ${counts ? 'whole ' : ''}number${standard < 0 ? '' : ' of 0 or more'}, such as ${standard}`,
      'correct it or leave it out',
    );
  return value;
}
