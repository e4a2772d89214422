import { twoColumns } from './two-columns';
import { unknownName, usageError } from './usage-error';

/** How the text of an option becomes a value. */
export interface OptionType<T> {
  /** For help: `N`, `FOLDER`; empty for a flag, which takes no value. */
  readonly placeholder: string;
  /** For errors: "a whole number from 1 to 64". */
  readonly expects: string;
  /** undefined where the text is not such a value. */
  parse(text: string): T | undefined;
}

export interface Option<T> {
  readonly type: OptionType<T>;
  readonly value: T;
  readonly help: string;
  /** May be given several times; `merge` adds one more to what is there. */
  merge?(before: T, added: T): T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

export const flag: OptionType<boolean> = { placeholder: '', expects: 'no value', parse: () => true };

export const text = (placeholder: string, expects: string): OptionType<string> => ({
  placeholder,
  expects,
  parse: (given) => (given === '' ? undefined : given),
});

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): OptionType<number> {
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of ${minimum} or more` : `from ${minimum} to ${maximum}`;
  return {
    placeholder: 'N',
    expects: `a whole number ${range}`,
    parse: (given) => {
      const value = /^[+-]?\d+(e\d+)?$/i.test(given) ? Number(given) : Number.NaN;
      return value >= minimum && value <= maximum ? value : undefined;
    },
  };
}

export function number(minimum: number, maximum: number): OptionType<number> {
  return {
    placeholder: 'X',
    expects: `a number from ${minimum} to ${maximum}`,
    parse: (given) => {
      const value = given.trim() === '' ? Number.NaN : Number(given);
      return value >= minimum && value <= maximum ? value : undefined;
    },
  };
}

/** Numbers separated by commas. */
export function numbers(minimum: number, maximum: number): OptionType<readonly number[]> {
  const one = number(minimum, maximum);
  return {
    placeholder: 'X,Y…',
    expects: `numbers from ${minimum} to ${maximum}, separated by commas`,
    parse: (given) => {
      const values = given.split(',').map((part) => one.parse(part));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

export function choice<T extends string>(...names: readonly T[]): OptionType<T> {
  return {
    placeholder: names.join('|'),
    expects: `one of ${names.join(', ')}`,
    parse: (given) => names.find((name) => name === given),
  };
}

/** `name=value`, several times. */
const assignments: OptionType<ReadonlyMap<string, string>> = {
  placeholder: 'NAME=VALUE',
  expects: 'NAME=VALUE',
  parse: (given) => {
    const [, name, value] = /^([^=]+)=(.+)$/.exec(given) ?? [];
    return name && value ? new Map([[name.trim(), value.trim()]]) : undefined;
  },
};

/** An option that collects `name=value`. */
export function assignmentOption(help: string): Option<ReadonlyMap<string, string>> {
  return { type: assignments, value: new Map(), help, merge: (before, added) => new Map([...before, ...added]) };
}

export interface Parsed<O extends Options> {
  readonly values: Values<O>;
  readonly words: readonly string[];
  /** `--help` was among them: nothing else matters. */
  readonly help: boolean;
}

/**
 * Reads `--name value`, `--name=value` and flags (`--name`, `--no-name`); everything else is a word, and everything
 * behind `--`. @throws UsageError naming the option, what it expects and the nearest known name.
 */
export function parseOptions<O extends Options>(options: O, args: readonly string[]): Parsed<O> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) values[name] = option.value;
  const words: string[] = [];
  const queue = [...args];
  let help = false;
  while (queue.length > 0) {
    const argument = queue.shift()!;
    if (argument === '--') words.push(...queue.splice(0));
    else if (argument === '--help' || argument === '-h') help = true;
    else if (/^-(?![\d.])./.test(argument)) readOption(options, argument, queue, values);
    else words.push(argument);
  }
  return { values: values as Values<O>, words, help };
}

function readOption(options: Options, argument: string, queue: string[], values: Record<string, unknown>): void {
  const [, dashes, name = '', attached] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(argument)!;
  const positive = name.startsWith('no-') ? name.slice(3) : null;
  if (positive !== null && options[positive]?.type === flag && attached === undefined) {
    values[positive] = false;
    return;
  }
  const option = dashes === '--' && Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    const known = Object.keys(options).map((key) => `--${key}`);
    throw unknownName('option', `${dashes}${name}`, [...known, '--help']);
  }
  const given = takeValue(option, name, attached, queue);
  const value = option.type.parse(given);
  if (value === undefined) throw usageError(`--${name} is "${given}"`, option.type.expects, 'correct it or leave it out');
  values[name] = option.merge ? option.merge(values[name], value) : value;
}

function takeValue({ type }: Option<unknown>, name: string, attached: string | undefined, queue: string[]): string {
  if (type === flag) {
    if (attached !== undefined)
      throw usageError(`--${name} was given the value "${attached}"`, 'no value', `write --${name} alone`);
    return '';
  }
  if (attached !== undefined) return attached;
  const next = queue.shift();
  if (next === undefined || next.startsWith('--'))
    throw usageError(`--${name} has no value`, type.expects, `write --${name} ${type.placeholder}`);
  return next;
}

/** The lines of `--help` about options. */
export function describeOptions(options: Options, columns: number): string[] {
  const rows = Object.entries(options).map(([name, { type, help, value }]) => {
    // 0, nothing and the largest number stand for an option that is left out.
    const says =
      typeof value === 'number' ? value !== 0 && value !== Number.MAX_SAFE_INTEGER : typeof value === 'string' && value !== '';
    const shown = says ? ` (default ${value})` : '';
    return [`--${name}${type.placeholder ? ` ${type.placeholder}` : ''}`, `${help}${shown}`] as const;
  });
  return twoColumns(rows, columns);
}

/** Options of every command that simulates circuits which a person may bring. */
export const simulatorOptions = {
  simulator: { type: choice('wasm', 'native'), value: 'wasm' as 'wasm' | 'native', help: 'ngspice in WASM, or of the system' },
  trust: {
    type: flag,
    value: false,
    help: 'lets a netlist of yours hold commands and include files of this machine; needs --simulator native',
  },
} satisfies Options;

/** @throws UsageError where a netlist is trusted that the simulator could do nothing with */
export function isTrusted({ simulator, trust }: Values<typeof simulatorOptions>): boolean {
  if (trust && simulator !== 'native')
    throw usageError(
      '--trust was given with ngspice in WASM, which reaches no files',
      '--simulator native beside it',
      'add that, or leave --trust out',
    );
  return trust;
}
