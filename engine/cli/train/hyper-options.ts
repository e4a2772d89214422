import type { HyperParameters } from '../../api';
import { unknownName, usageError } from '../usage-error';

/**
 * `--set warmup=40` (or `hyper.warmup=40`): a person's changes to an agent's defaults.
 * @throws UsageError for an unknown name or a value that is no number of the right kind
 */
export function hyperParametersFrom(defaults: object, assigned: ReadonlyMap<string, string>): Record<string, number> {
  const changes: Record<string, number> = {};
  const names = Object.keys(defaults);
  for (const [given, text] of assigned) {
    const name = given.replace(/^hyper\./, '');
    const standard: unknown = Object.hasOwn(defaults, name) ? defaults[name as keyof typeof defaults] : undefined;
    if (typeof standard !== 'number') throw unknownName('hyper-parameter', given, names);
    changes[name] = readNumber(name, standard, text);
  }
  return changes;
}

/** Those that count something; the others are real numbers. */
const COUNTS: ReadonlySet<string> = new Set<keyof HyperParameters>([
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
  'syntheticFits',
  'transformer',
  'modelBased',
  'synthetic',
]);

function readNumber(name: string, standard: number, text: string): number {
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
