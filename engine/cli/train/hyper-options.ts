import { type AgentDefinition, describeRange, isWithin, type NumberRange } from '../../api';
import { unknownName, usageError } from '../usage-error';

/**
 * `--set warmup=40` (or `hyper.warmup=40`): a person's changes to an agent's defaults.
 * @throws UsageError for an unknown name or a value that it cannot have
 */
export function hyperParametersFrom(
  { defaults, ranges = {} }: Pick<AgentDefinition, 'defaults' | 'ranges'>,
  assigned: ReadonlyMap<string, string>,
): Record<string, number> {
  const changes: Record<string, number> = {};
  const names = Object.keys(defaults);
  for (const [given, text] of assigned) {
    const name = given.replace(/^hyper\./, '');
    const standard: unknown = Object.hasOwn(defaults, name) ? defaults[name as keyof typeof defaults] : undefined;
    if (typeof standard !== 'number') throw unknownName('hyper-parameter', given, names);
    const range = (ranges as Readonly<Record<string, NumberRange>>)[name] ?? likely(standard);
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || !isWithin(range, value))
      throw usageError(`${name} is "${text}"`, `${describeRange(range)}, such as ${standard}`, 'correct it or leave it out');
    changes[name] = value;
  }
  return changes;
}

/** Only what is negative by default may be negative. */
function likely(standard: number): NumberRange {
  return { low: standard < 0 ? Number.NEGATIVE_INFINITY : 0, high: Number.POSITIVE_INFINITY };
}
