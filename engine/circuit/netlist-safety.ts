import type { AnalysisDefinition, CircuitDefinition } from '../api/circuit';
import { entry, type FaultPlace, type Refuse, refusing } from './circuit-fault';
import { isData } from './deck/deck-definition';
import { logicalLines, words } from './deck/logical-lines';
import { savedVectors } from './guards';

/** Statements that declare. All others run analyses, open files or hold commands. */
const STATEMENTS: readonly string[] = ['.model', '.param', '.params', '.subckt', '.ends', '.func', '.global', '.ic', '.nodeset'];

/** Code models that read files or start programs. */
const FILE_MODELS: readonly string[] = ['filesource', 'd_source', 'd_state', 'd_process', 'd_cosim', 'table2d', 'table3d'];

/** Text that goes into a command must not be able to end it, begin another or send its output somewhere. */
const COMMAND_TEXT = /[\r\n;`|<>&$"'\\]/;
const NAME = /^[\w-]+$/;

/**
 * A netlist is a program to ngspice: it may hold commands that run a shell, and name files to read or write. Circuits
 * declare devices and models only; whatever else their text holds is refused, whichever simulator is to run it.
 * @throws CircuitFault with the line at fault
 */
export function checkNetlistSafety(circuit: CircuitDefinition, refuse: Refuse = refusing(circuit.id)): void {
  // The id is a netlist's first line, and an analysis' id names a file.
  const ids = [[entry('id'), circuit.id], ...circuit.analyses.map(({ id }, i) => [entry('analyses', i, 'id'), id])] as const;
  for (const [where, id] of ids as readonly (readonly [FaultPlace, string])[])
    if (!NAME.test(id)) refuse(where, `the id ${JSON.stringify(id)} cannot be used`, 'letters, digits, - and _', 'rename it');

  for (const [where, text] of [
    ['netlist', circuit.netlist],
    ['models', circuit.process.models ?? ''],
  ] as const) {
    for (const [i, raw] of text.split(/\r\n|\r|\n/).entries()) {
      const line = raw.trim();
      const statement = /^\.\S*/.exec(line)?.[0].toLowerCase();
      if ((statement !== undefined && !STATEMENTS.includes(statement)) || line.startsWith('*#'))
        refuse(
          { text: where, line: i + 1 },
          `it is "${line.slice(0, 60)}"`,
          `devices and ${STATEMENTS.join(', ')} only: commands and files are not for a circuit's text`,
          'take the line out: analyses and options are declared, a shipped library is named in process.library; a netlist that you vouch for runs on the ngspice of the system with --simulator native --trust',
        );
    }
    for (const { text: statement, line } of logicalLines(text)) {
      const [keyword = '', , type = ''] = words(statement.toLowerCase());
      if (keyword === '.model' && FILE_MODELS.includes(type.replace(/\(.*$/, '')))
        refuse({ text: where, line }, `it uses the code model ${type}`, 'models that open no files', 'take it out');
    }
  }

  const plain = (where: FaultPlace, what: string, texts: readonly (string | number)[]) => {
    const bad = texts.find((text) => typeof text === 'string' && COMMAND_TEXT.test(text));
    if (bad !== undefined)
      refuse(where, `${what} has ${JSON.stringify(bad)}`, 'a name or a number, which may use {parameters}', 'correct it');
  };
  plain(entry('nodeset'), 'nodeset', Object.entries(circuit.nodeset ?? {}).flat());
  plain(entry('options'), 'options', Object.entries(circuit.options ?? {}).flat());
  for (const [i, analysis] of circuit.analyses.entries())
    plain(entry('analyses', i), `the analysis "${analysis.id}"`, commandTexts(analysis));
  for (const [name, measure] of Object.entries(circuit.measures))
    if (typeof measure !== 'function')
      plain(entry('measures', name), `the measure "${name}"`, Object.values(measure).map(String));
}

/** Everything of an analysis that becomes part of a command. */
function commandTexts(analysis: AnalysisDefinition): (string | number)[] {
  const own = [...Object.entries(analysis.alter ?? {}), ...Object.entries(analysis.options ?? {})].flat();
  const guarded = (analysis.guards ?? []).flatMap((guard) => (isData(guard) && guard.use === 'within' ? [guard.vector] : []));
  const save = [...savedVectors(analysis), ...guarded];
  switch (analysis.kind) {
    case 'op':
      return [...own, ...save];
    case 'dc':
      return [...own, ...save, analysis.source, analysis.start, analysis.stop, analysis.step];
    case 'ac':
      return [...own, ...save, analysis.pointsPerDecade, analysis.start, analysis.stop];
    case 'noise':
      return [...own, ...save, analysis.output, analysis.source, analysis.pointsPerDecade, analysis.start, analysis.stop];
    case 'tran': {
      const refined = (analysis.refinements ?? []).flatMap(({ options }) => Object.entries(options).flat());
      const { start = 0, maximumStep = 0, pointLimit = 0 } = analysis;
      return [...own, ...save, ...refined, analysis.step, analysis.stop, start, maximumStep, pointLimit];
    }
  }
}
