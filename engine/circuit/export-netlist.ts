import type { CircuitDefinition, MeasureDefinition } from '../api/circuit';
import { type CompiledDeck, createDeckCompiler } from './deck/compile-deck';
import { type DeckDefinition, deckDefinition, parameterLookup } from './deck/deck-definition';
import { numberOf } from './deck/template';
import { measureCommands } from './measures/ngspice-commands';
import { modelsOf } from './shipped-models';

type NamedMeasure = Exclude<MeasureDefinition, (...values: never[]) => number>;

/**
 * A netlist that needs nothing else: models inlined, all analyses and measures in a `.control` block. Stock
 * `ngspice -b` runs it and prints each measure as `name = value`, in SI units. Measures that are functions are left to
 * Ohmba; a comment says so.
 * @param parameters physical values, [P]
 */
export async function exportNetlist(circuit: CircuitDefinition, parameters: ArrayLike<number>): Promise<string> {
  const library = await modelsOf(circuit);
  const deck = createDeckCompiler(withFinerSweeps(deckDefinition(circuit), parameters), library).compile(parameters);
  const sizing = circuit.parameters.map(({ name, unit }, i) => `* ${name} = ${parameters[i]} ${unit}`.trimEnd());
  const title = `* ${circuit.title}: ${circuit.specs.map(({ name }) => name).join(', ')}`;
  const lines = deck.netlist.split('\n').slice(1);
  return [
    title,
    `* Written by Ohmba. Run it with: ngspice -b THIS_FILE`,
    `* ${circuit.process.library} ${circuit.process.section ?? ''}, ${circuit.process.supply} V, ${circuit.process.temperature} C`,
    '* ngspice reads its measures on straight lines between points, Ohmba on cubics: the last digits may differ.',
    ...refined(circuit),
    ...sizing,
    ...lines.slice(0, lines.lastIndexOf('.end')),
    '.control',
    ...control(circuit, deck),
    '.endc',
    '.end',
    '',
  ].join('\n');
}

/**
 * ngspice reads swings at points of a sweep and crossings on straight lines between them, where ours lie on cubics through
 * them: its own sweeps are finer.
 */
const FINER = 10;
const FINER_AC = 10;

function withFinerSweeps(definition: DeckDefinition, parameters: ArrayLike<number>): DeckDefinition {
  const lookup = parameterLookup(definition, parameters);
  const analyses = definition.analyses.map((analysis) => {
    if (analysis.kind === 'dc') return { ...analysis, step: numberOf(analysis.step, lookup) / FINER };
    if (analysis.kind === 'ac') return { ...analysis, pointsPerDecade: analysis.pointsPerDecade * FINER_AC };
    return analysis;
  });
  return { ...definition, analyses };
}

/** What one pass through the file cannot show. */
function refined({ analyses, measures }: CircuitDefinition): string[] {
  return analyses.flatMap((analysis) => {
    if (analysis.kind !== 'tran' || !analysis.refinements?.length) return [];
    const read = Object.entries(measures).flatMap(([name, measure]) =>
      typeof measure !== 'function' && measure.analysis === analysis.id ? [name] : [],
    );
    return [`* ${read.join(', ')}: where a peak grazes the band, Ohmba takes it from a second, finer ${analysis.id}.`];
  });
}

function control(circuit: CircuitDefinition, deck: CompiledDeck): string[] {
  const measures = Object.entries(circuit.measures);
  const noise = circuit.analyses.some(({ kind }) => kind === 'noise') ? NOISE_VECTORS : [];
  const save = [...new Set([...circuit.analyses.flatMap((analysis) => analysis.save), ...noise])];
  const lines = ['set noaskquit', 'set units=degrees', 'set numdgt=8', `save ${save.join(' ')}`];
  for (const step of deck.steps) {
    // Earlier plots stay: nothing is written to files here, and measures name what they need. Plots of noise go by number.
    const dropped = (command: string) => (command === 'destroy all' ? step.kind !== 'noise' : command.startsWith('write '));
    lines.push(...step.commands.filter((command) => !dropped(command)));
    for (const needed of finalsOf(measures, step.id)) lines.push(`set ${finalName(step.id, needed)} = "$&${needed}"`);
    for (const [name, measure] of measures) {
      if (typeof measure === 'function' || measure.analysis !== step.id) continue;
      const commands = measureCommands(name, measure, step.kind, finalName) ?? totalNoise(circuit, name, measure);
      lines.push(...(commands ?? [`* ${name} (${measure.use}) is measured by Ohmba only`]));
    }
  }
  for (const [name, measure] of measures) if (typeof measure === 'function') lines.push(`* ${name} is measured by Ohmba only`);
  return [...lines, 'quit'];
}

/** ngspice integrates noise over a whole analysis only, in steps so coarse that a tenth of these points is 1 % off. */
const NOISE_POINTS = 1000;
const NOISE_VECTORS: readonly string[] = ['onoise_spectrum', 'inoise_spectrum', 'onoise_total', 'inoise_total'];

/** An analysis over the band of a noise measure; null for other measures. */
function totalNoise({ analyses }: CircuitDefinition, name: string, measure: NamedMeasure): string[] | null {
  const analysis = analyses.find(({ id }) => id === measure.analysis);
  const total = String(measure.output).replace('_spectrum', '_total');
  if (measure.use !== 'noise' || analysis?.kind !== 'noise' || !NOISE_VECTORS.includes(total)) return null;
  const [from, to] = [Number(measure.from), Number(measure.to)];
  return [
    'destroy all',
    `noise ${analysis.output} ${analysis.source} dec ${NOISE_POINTS} ${from} ${to}`,
    `let ${name} = ${total}`,
    `print ${name}`,
  ];
}

/** Operating-point values that a later measure compares with. */
function finalsOf(measures: readonly (readonly [string, MeasureDefinition])[], analysis: string): string[] {
  const found = measures.flatMap(([, measure]) =>
    typeof measure !== 'function' && measure['final-analysis'] === analysis ? [String(measure.output)] : [],
  );
  return [...new Set(found)];
}

function finalName(analysis: string, vector: string): string {
  return `${analysis}_${vector}`.replace(/\W+/g, '_');
}
