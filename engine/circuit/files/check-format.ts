import Ajv, { type ErrorObject } from 'ajv';
import { OhmbaError } from '../../base';
import schema from './circuit.schema.json';
import type { CircuitFile } from './circuit-file';
import type { JsonPath, SourceText } from './source-text';

const validate = new Ajv({ allErrors: false, verbose: true, allowUnionTypes: true }).compile<CircuitFile>(schema);

/**
 * Checks a document against the published schema (circuit.schema.json).
 * @throws OhmbaError with file, line, and what is allowed there
 */
export function checkFormat(source: SourceText): CircuitFile {
  const { value } = source;
  if (validate(value)) return value;
  const error = telling(validate.errors ?? []);
  const path = pathOf(error);
  throw new OhmbaError({
    what: `${source.file}:${source.lineOf(path)}: ${titleOf(path)} ${faultOf(error)}`,
    expected: expectationOf(error),
    todo: 'correct it; circuit.schema.json describes every entry',
  });
}

/** What `anyOf` and `if` add tells nothing that the others do not. */
function telling(errors: readonly ErrorObject[]): ErrorObject {
  return errors.find(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf' && keyword !== 'type') ?? errors.at(-1)!;
}

function pathOf({ instancePath, keyword, params }: ErrorObject): JsonPath {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return keyword === 'additionalProperties' ? [...path, String(params.additionalProperty)] : path;
}

/** `parameters[2].minimum`, `the file`. */
function titleOf(path: JsonPath): string {
  if (path.length === 0) return 'the file';
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

function faultOf({ keyword, params, data }: ErrorObject): string {
  if (keyword === 'required') return `lacks "${params.missingProperty}"`;
  if (keyword === 'additionalProperties') return 'is not known here';
  return `is ${shown(data)}`;
}

function expectationOf({ keyword, params, schema: wanted, parentSchema }: ErrorObject): string {
  const { description } = (parentSchema ?? {}) as { description?: string };
  switch (keyword) {
    case 'enum':
      return `one of ${(wanted as string[]).join(', ')}`;
    case 'const':
      return `"${wanted}"`;
    case 'required':
      return `an entry "${params.missingProperty}"`;
    case 'additionalProperties': {
      const known = Object.keys((parentSchema as { properties?: object })?.properties ?? {});
      return known.length > 0 ? `one of ${known.join(', ')}` : 'no such entry';
    }
    case 'minItems':
    case 'minProperties':
      return 'at least one';
    case 'type':
      return `${[wanted].flat().join(' or ')}${description ? `: ${description}` : ''}`;
    default:
      return description ?? `what ${keyword} ${JSON.stringify(wanted)} allows`;
  }
}

function shown(data: unknown): string {
  const text = JSON.stringify(data) ?? String(data);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
