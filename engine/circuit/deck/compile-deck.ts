import type { AnalysisDefinition, Refinement } from '../../api/circuit';
import { type DataGuard, type DeckDefinition, parameterLookup, type SettlingBand } from './deck-definition';
import { type EarlyStop, earlyStop } from './early-stop';
import type { Lookup } from './expression';
import { withMismatch } from './mismatch';
import type { ModelLibrary } from './model-library';
import { pruneModels, wholeLibrary } from './prune-models';
import { fillTemplate, fillText, parseTemplate, type Template } from './template';

/** One analysis as ngspice commands. */
export interface DeckStep {
  readonly id: string;
  readonly kind: AnalysisDefinition['kind'];
  readonly commands: readonly string[];
  /** Raw file that it writes. */
  readonly file: string;
  /** Statements of ngspice's `meas`, and the raw file that each one's result goes to. */
  readonly statements: readonly { readonly statement: string; readonly file: string }[];
  readonly guards: readonly DataGuard[];
  /** For who can look at results and run on: null where nothing is to be spared. */
  readonly early: EarlyStop | null;
  /** Finer runs of the same analysis, each for what the one before left undecided. */
  readonly refinements: readonly { readonly margin: number; readonly commands: readonly string[] }[];
  readonly band: SettlingBand | null;
}

/** What goes to ngspice for one sizing: a netlist, and what to do with it. */
export interface CompiledDeck {
  readonly netlist: string;
  /** Parameters, supply and temperature by name: what guards may refer to. */
  readonly lookup: Lookup;
  readonly steps: readonly DeckStep[];
}

export interface DeckCompiler {
  readonly definition: DeckDefinition;
  /** @param models `pruned` by default; `whole` to check that pruning changes nothing */
  compile(parameters: ArrayLike<number>, models?: 'pruned' | 'whole'): CompiledDeck;
}

/**
 * Options that analyses may set have a value in every netlist: what one evaluation sets would otherwise stay for the
 * next one. These are ngspice's own defaults.
 */
const DEFAULTS: Readonly<Record<string, string | number>> = {
  reltol: 1e-3,
  abstol: 1e-12,
  vntol: 1e-6,
  chgtol: 1e-14,
  trtol: 7,
  gmin: 1e-12,
  bypass: 0,
  method: 'trap',
  maxord: 2,
  itl1: 100,
  itl2: 50,
  itl4: 10,
  xmu: 0.5,
};

/** The plot of the densities: plots are numbered from 1 again after `destroy all`. */
const NOISE_PLOT = 'noise1';

/** Prepares a circuit once, so that compiling a sizing is string filling and picking bins. */
export function createDeckCompiler(definition: DeckDefinition, library: ModelLibrary): DeckCompiler {
  const template: Template = parseTemplate(definition.netlist);
  return {
    definition,
    compile(parameters, models = 'pruned') {
      const lookup = parameterLookup(definition, parameters);
      const filled = fillTemplate(template, lookup);
      const { library: name, mismatch } = definition.process;
      const body = mismatch === undefined ? filled : withMismatch(filled, name, mismatch);
      const cards = models === 'pruned' ? pruneModels(body, library) : wholeLibrary(library);
      const options = { ...DEFAULTS, ...definition.options };
      const nodeset = Object.entries(definition.nodeset).map(([node, value]) => `v(${node})=${fillText(value, lookup)}`);
      const netlist = [
        definition.id,
        cards,
        body.trim(),
        ...(nodeset.length > 0 ? [`.nodeset ${nodeset.join(' ')}`] : []),
        `.temp ${definition.process.temperature}`,
        `.options ${Object.entries(options)
          .map(([name, value]) => `${name}=${fillText(value, lookup)}`)
          .join(' ')}`,
        '.end',
      ].join('\n');
      return { netlist, lookup, steps: definition.analyses.map((analysis) => deckStep(definition, analysis, lookup)) };
    },
  };
}

function deckStep(definition: DeckDefinition, analysis: DeckDefinition['analyses'][number], lookup: Lookup): DeckStep {
  const fill = (value: string | number) => fillText(value, lookup);
  const file = `${analysis.id}.raw`;
  const option = (options: Readonly<Record<string, string | number>>) => {
    const pairs = Object.entries(options).map(([name, value]) => `${name}=${fill(value)}`);
    return pairs.length > 0 ? [`option ${pairs.join(' ')}`] : [];
  };
  const limit = (points: number | undefined) => (points === undefined ? [] : [`stop after ${points}`]);
  const statements = analysis.statements.map((statement, i) => ({ statement, file: `${analysis.id}.meas${i}.raw` }));
  const run = [
    // A failed analysis must not leave the one before it to be written in its name.
    'destroy all',
    analysisCommand(analysis, fill),
    // With vectors of devices among the saved ones, ngspice ends on the plot of the integrals.
    ...(analysis.kind === 'noise' ? [`setplot ${NOISE_PLOT}`] : []),
    `write ${file} ${analysis.save.join(' ')}`,
    ...statements.flatMap(({ statement, file: own }, i) => [
      `meas ${analysis.kind} found_${i} ${fill(statement)}`,
      `write ${own} found_${i}`,
    ]),
  ];
  const transient = analysis.kind === 'tran' ? analysis : null;
  const commands = [
    ...Object.entries(analysis.alter ?? {}).map(([target, value]) => `alter ${target} = ${fill(value)}`),
    ...option(analysis.options ?? {}),
    ...limit(transient?.pointLimit),
    ...run,
  ];
  // Options that the refinement alone sets go back to what they were for the whole circuit.
  const before = (options: Refinement['options']) =>
    Object.fromEntries(
      Object.keys(options).map((name) => [
        name,
        analysis.options?.[name] ?? definition.options[name] ?? DEFAULTS[name] ?? options[name]!,
      ]),
    );
  const refinements = (transient?.refinements ?? []).map(({ margin, options, pointLimit = transient?.pointLimit }) => ({
    margin,
    commands: [
      // Takes the saves away with the limit on points.
      'delete all',
      saveCommand(definition),
      ...option(options),
      ...limit(pointLimit),
      ...run,
      ...option(before(options)),
    ],
  }));
  const { id, kind, guards, band } = analysis;
  return { id, kind, commands, file, statements, guards, early: earlyStop(analysis, lookup), refinements, band };
}

function analysisCommand(analysis: AnalysisDefinition, fill: (value: string | number) => string): string {
  switch (analysis.kind) {
    case 'op':
      return 'op';
    case 'dc':
      return `dc ${analysis.source} ${fill(analysis.start)} ${fill(analysis.stop)} ${fill(analysis.step)}`;
    case 'ac':
      return `ac dec ${analysis.pointsPerDecade} ${fill(analysis.start)} ${fill(analysis.stop)}`;
    case 'noise':
      return `noise ${analysis.output} ${analysis.source} dec ${analysis.pointsPerDecade} ${fill(analysis.start)} ${fill(analysis.stop)}`;
    case 'tran': {
      const { start = 0, maximumStep } = analysis;
      const tail = maximumStep === undefined ? '' : ` ${fill(maximumStep)}`;
      return `tran ${fill(analysis.step)} ${fill(analysis.stop)} ${fill(start)}${tail}`;
    }
  }
}

/** The `save` command for everything that some analysis wants. */
export function saveCommand(definition: DeckDefinition): string {
  return `save ${[...new Set(definition.analyses.flatMap((analysis) => analysis.save))].join(' ')}`;
}
