import { evaluate, type Lookup, spiceNumber } from './expression';

/** Text with `{expression}` parts, split once so that filling it in is cheap. */
export type Template = readonly (string | { readonly expression: string })[];

export function parseTemplate(text: string): Template {
  return text
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? { expression: part.slice(1, -1).trim() } : part));
}

/**
 * Fills the expressions in with full precision.
 * @throws OhmbaError if one of them names something unknown
 */
export function fillTemplate(template: Template, lookup: Lookup): string {
  return template.map((part) => (typeof part === 'string' ? part : String(evaluatePart(part.expression, lookup)))).join('');
}

function evaluatePart(expression: string, lookup: Lookup): number {
  return lookup(expression.toLowerCase()) ?? evaluate(expression, lookup);
}

/** The number that a value given as such, or as text with `{name}` and SPICE suffixes, stands for. */
export function numberOf(value: string | number, lookup: Lookup): number {
  return typeof value === 'number' ? value : spiceNumber(fillText(value, lookup));
}

/** A number given as such or as text with `{name}`. */
export function fillText(value: string | number, lookup: Lookup): string {
  return typeof value === 'number' ? String(value) : fillTemplate(parseTemplate(value), lookup);
}
