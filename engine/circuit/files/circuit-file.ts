import type {
  DeviceRole,
  GuardDefinition,
  MeasureDefinition,
  ParameterDefinition,
  ParameterKind,
  ProcessDefinition,
  SpecDefinition,
  SpecKind,
} from '../../api/circuit';
import { spiceNumber } from '../deck/expression';
import { logicalLines, words } from '../deck/logical-lines';

/** A number, or one as SPICE writes it. */
type Quantity = number | string;
type Texts = Readonly<Record<string, string | number>>;

/** Of either kind: the schema has seen to it that each has what it needs. */
export type GuardInFile = Readonly<Partial<Record<'at' | 'minimum' | 'maximum' | 'margin', Quantity>>> & {
  readonly use: string;
};

/** circuit.json after its check against the schema. */
export interface CircuitFile {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly netlist: string;
  readonly models?: readonly string[];
  readonly process: {
    readonly library: string;
    readonly section?: string;
    readonly supply: Quantity;
    readonly temperature?: Quantity;
  };
  readonly parameters: readonly {
    readonly name: string;
    readonly title?: string;
    readonly kind: ParameterKind;
    readonly minimum: Quantity;
    readonly maximum: Quantity;
    readonly initial: Quantity;
    readonly scale?: 'log' | 'linear';
    readonly grid?: Quantity;
    readonly roles?: readonly DeviceRole[];
  }[];
  readonly specs: readonly {
    readonly name: string;
    readonly title?: string;
    readonly kind: SpecKind;
    readonly unit?: string;
    readonly direction: 'at-least' | 'at-most';
    readonly target: Quantity;
    readonly range?: { readonly easy: Quantity; readonly hard: Quantity };
    readonly scale?: 'log' | 'linear';
    readonly center?: Quantity;
    readonly spread?: number;
    readonly floor?: Quantity;
  }[];
  readonly nodeset?: Texts;
  readonly options?: Texts;
  readonly analyses: readonly (Readonly<Record<string, unknown>> & { readonly guards?: readonly GuardInFile[] })[];
  readonly measures: Readonly<Record<string, Exclude<MeasureDefinition, (...values: never[]) => unknown>>>;
  readonly plausible?: Readonly<Record<string, { readonly minimum?: Quantity; readonly maximum?: Quantity }>>;
  readonly corners?: readonly { readonly section?: string; readonly supply?: Quantity; readonly temperature?: Quantity }[];
  readonly episode?: { readonly steps?: number; readonly startPerturbation?: number };
  readonly yieldCaveat?: string;
  readonly timeLimitMilliseconds?: number;
}

const UNITS: Readonly<Record<ParameterKind, ParameterDefinition['unit']>> = {
  width: 'm',
  length: 'm',
  multiplier: '',
  capacitance: 'F',
  resistance: 'ohm',
  current: 'A',
  voltage: 'V',
};

const SPEC_UNITS: Readonly<Record<SpecKind, string>> = {
  gain: 'V/V',
  bandwidth: 'Hz',
  'phase-margin': 'deg',
  current: 'A',
  power: 'W',
  swing: 'V',
  settling: 's',
  slew: 'V/s',
  delay: 's',
  charge: 'C',
  energy: 'J',
  rejection: 'dB',
  dropout: 'V',
  offset: 'V',
  noise: 'V',
  other: '',
};

export const quantity = (value: Quantity): number => (typeof value === 'number' ? value : spiceNumber(value.replace('µ', 'u')));

/** Parameters with what a file may leave out; which devices each sizes, and their polarity, is read from the netlist. */
export function parametersOf(file: CircuitFile, netlist: string): ParameterDefinition[] {
  const statements = logicalLines(netlist).map(({ text }) => text.toLowerCase());
  return file.parameters.map(({ name, title = name, kind, roles = [], grid, ...given }) => {
    const uses = new RegExp(`\\{[^{}]*\\b${name.toLowerCase()}\\b[^{}]*\\}`);
    const sized = statements.filter((statement) => uses.test(statement));
    return {
      name,
      title,
      kind,
      unit: UNITS[kind],
      minimum: quantity(given.minimum),
      maximum: quantity(given.maximum),
      initial: quantity(given.initial),
      scale: given.scale ?? (kind === 'voltage' ? 'linear' : 'log'),
      ...(grid === undefined ? {} : { grid: quantity(grid) }),
      roles,
      polarity: polarityOf(sized),
      devices: sized.map((statement) => words(statement)[0]!),
    };
  });
}

/** By the names of the transistor models: pmos_3p3, pch, PTM180P. */
function polarityOf(statements: readonly string[]): ParameterDefinition['polarity'] {
  const models = statements.filter((statement) => /^[mx]/.test(statement)).map((statement) => modelName(statement));
  if (models.length === 0) return 'none';
  return models.every((model) => /pmos|pfet|pch/.test(model) || (!/nmos|nfet|nch/.test(model) && model.endsWith('p')))
    ? 'p'
    : 'n';
}

/** The word before the first `name=value`: of a transistor, its model. */
function modelName(statement: string): string {
  const parts = words(statement);
  const first = parts.findIndex((part) => part.includes('='));
  return parts.at(first < 0 ? -1 : first - 1) ?? '';
}

/** Specs with what a file may leave out. */
export function specsOf(file: CircuitFile): SpecDefinition[] {
  return file.specs.map(({ name, title = name, kind, unit = SPEC_UNITS[kind], direction, range, ...given }) => {
    const target = quantity(given.target);
    const decibels = unit === 'dB' || unit === 'deg';
    const scale = given.scale ?? (decibels || !(target > 0) ? 'linear' : 'log');
    const center = quantity(given.center ?? target);
    const easier = direction === 'at-least' ? -1 : 1;
    const linearSpread = unit === 'deg' ? 40 : unit === 'dB' ? 20 : Math.abs(target) || 1;
    const spread = given.spread ?? (scale === 'log' ? 1 : linearSpread);
    const about = (share: number) =>
      scale === 'log' ? target * Math.exp(easier * share * spread) : target + easier * share * spread;
    return {
      name,
      title,
      kind,
      unit,
      direction,
      target,
      range: range ? { easy: quantity(range.easy), hard: quantity(range.hard) } : { easy: about(0.7), hard: about(0) },
      transform: {
        scale,
        center: scale === 'log' ? Math.log(center) : center,
        spread,
        ...(scale === 'log' ? { floor: quantity(given.floor ?? target * 1e-4) } : {}),
      },
    };
  });
}

export function processOf({ process }: CircuitFile, models: string): ProcessDefinition {
  const { library, section, supply, temperature = 27 } = process;
  return {
    library,
    ...(section === undefined ? {} : { section }),
    ...(models === '' ? {} : { models }),
    supply: quantity(supply),
    temperature: quantity(temperature),
  };
}

/** A guard with its numbers read. */
export function guardOf(guard: GuardInFile): GuardDefinition {
  const numbers = (['at', 'minimum', 'maximum', 'margin'] as const).flatMap((name) =>
    guard[name] === undefined ? [] : [[name, quantity(guard[name])] as const],
  );
  return { ...guard, ...Object.fromEntries(numbers) } as GuardDefinition;
}
