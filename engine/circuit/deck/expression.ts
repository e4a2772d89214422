import { OhmbaError } from '../../base';

const SUFFIXES: Readonly<Record<string, number>> = {
  t: 1e12,
  g: 1e9,
  meg: 1e6,
  k: 1e3,
  mil: 25.4e-6,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
  p: 1e-12,
  f: 1e-15,
  a: 1e-18,
};
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i;

/** A number as SPICE writes it (`10u`, `2.5meg`, `1e-6`, trailing unit letters ignored); NaN if it is none. */
export function spiceNumber(text: string): number {
  const trimmed = text.trim();
  const sign = trimmed.startsWith('-') ? -1 : 1;
  const body = trimmed.replace(/^[+-]/, '');
  const match = NUMBER.exec(body);
  if (!match) return Number.NaN;
  const rest = body.slice(match[0].length).toLowerCase();
  if (!/^[a-zµ]*$/.test(rest)) return Number.NaN;
  const suffix = /^(meg|mil|[tgkmunpfa])/.exec(rest)?.[1];
  const mantissa = match[0];
  if (suffix === undefined) return sign * Number(mantissa);
  const factor = SUFFIXES[suffix]!;
  // Through text where it can be, so that 3.3u is the double nearest to 3.3e-6.
  const exponent = Math.round(Math.log10(factor));
  return sign * (suffix === 'mil' || /e/i.test(mantissa) ? Number(mantissa) * factor : Number(`${mantissa}e${exponent}`));
}

/** Looks a name (in lower case) up; undefined where it is unknown. */
export type Lookup = (name: string) => number | undefined;

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  sqrt: Math.sqrt,
  abs: Math.abs,
  exp: Math.exp,
  ln: Math.log,
  log: Math.log,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  atan: Math.atan,
  int: Math.trunc,
  floor: Math.floor,
  ceil: Math.ceil,
  min: Math.min,
  max: Math.max,
  pow: Math.pow,
  pwr: (x, y) => Math.sign(x) * Math.abs(x) ** y,
  sgn: Math.sign,
  // Nominal value: statistics are switched off where decks are compiled.
  agauss: (nominal) => nominal,
  gauss: (nominal) => nominal,
  aunif: (nominal) => nominal,
  unif: (nominal) => nominal,
};

/**
 * The value of an ngspice parameter expression: arithmetic, comparison, `&&`, `||`, `? :` and the usual functions.
 * @throws OhmbaError if it cannot be read or a name in it is unknown
 */
export function evaluate(expression: string, lookup: Lookup): number {
  const parser = new Parser(expression, lookup);
  return parser.whole();
}

class Parser {
  readonly #tokens: string[];
  readonly #text: string;
  readonly #lookup: Lookup;
  #at = 0;

  constructor(text: string, lookup: Lookup) {
    this.#text = text;
    this.#lookup = lookup;
    const tokens = text.match(/(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[a-z]*|[a-z_][\w.]*|\*\*|&&|\|\||[<>=!]=|[-+*/^()<>?:!,]|\S/gi);
    this.#tokens = tokens ?? [];
  }

  whole(): number {
    const value = this.#conditional();
    if (this.#at < this.#tokens.length) throw this.#fault(`"${this.#tokens[this.#at]}" was not expected`);
    return value;
  }

  #conditional(): number {
    const condition = this.#binary(0);
    if (!this.#take('?')) return condition;
    const yes = this.#conditional();
    if (!this.#take(':')) throw this.#fault('a ":" is missing');
    const no = this.#conditional();
    return condition !== 0 ? yes : no;
  }

  #binary(level: number): number {
    if (level === LEVELS.length) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = LEVELS[level]!.find((candidate) => this.#take(candidate));
      if (operator === undefined) return left;
      left = OPERATORS[operator]!(left, this.#binary(level + 1));
    }
  }

  #unary(): number {
    if (this.#take('-')) return -this.#unary();
    if (this.#take('+')) return this.#unary();
    if (this.#take('!')) return this.#unary() === 0 ? 1 : 0;
    const base = this.#primary();
    if (this.#take('**') || this.#take('^')) return base ** this.#unary();
    return base;
  }

  #primary(): number {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw this.#fault('it ends too early');
    if (token === '(') {
      const value = this.#conditional();
      if (!this.#take(')')) throw this.#fault('a ")" is missing');
      return value;
    }
    if (/^[\d.]/.test(token)) {
      const value = spiceNumber(token);
      if (Number.isNaN(value)) throw this.#fault(`"${token}" is no number`);
      return value;
    }
    const name = token.toLowerCase();
    if (this.#take('(')) return this.#call(name);
    if (!/^[a-z_]/.test(name)) throw this.#fault(`"${token}" was not expected`);
    const value = this.#lookup(name);
    if (value === undefined) throw this.#fault(`"${token}" is not defined`);
    return value;
  }

  #call(name: string): number {
    const operation = FUNCTIONS[name];
    if (!operation) throw this.#fault(`there is no function "${name}"`);
    const values: number[] = [];
    if (!this.#take(')')) {
      do values.push(this.#conditional());
      while (this.#take(','));
      if (!this.#take(')')) throw this.#fault('a ")" is missing');
    }
    return operation(...values);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #fault(why: string): OhmbaError {
    return new OhmbaError({
      what: `the expression "${this.#text}" cannot be evaluated: ${why}`,
      expected: 'numbers, known names, + - * / ** comparisons, ? : and the usual functions',
      todo: 'correct the expression',
    });
  }
}

const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!='], ['<=', '>=', '<', '>'], ['+', '-'], ['*', '/']];
const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '||': (a, b) => Number(a !== 0 || b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
