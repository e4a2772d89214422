import type { CircuitDefinition } from '../api/circuit';
import { initialSizing } from '../api/parameter-space';
import { OhmbaError } from '../base';
import { entry, type FaultPlace, type Refuse, refusing } from './circuit-fault';
import { deckDefinition, parameterLookup } from './deck/deck-definition';
import { logicalLines, words } from './deck/logical-lines';
import { fillText } from './deck/template';
import { savedVectors } from './guards';
import { checkMeasure } from './measures';
import { checkNetlistSafety } from './netlist-safety';
import { MODEL_LIBRARIES, sectionsOf } from './process-models';

/** Arguments of named measures that are names of vectors. */
const VECTORS_OF_MEASURES = ['output', 'input', 'from-output'];

/**
 * Checks a declaration before anything runs.
 * @throws CircuitFault that names the circuit, the place, and the first thing that is wrong with it
 */
export function checkCircuit(circuit: CircuitDefinition): void {
  const refuse = refusing(circuit.id);
  if (!circuit.trusted) checkNetlistSafety(circuit, refuse);
  checkNames(circuit, refuse);
  checkRanges(circuit, refuse);
  checkProcess(circuit, refuse);
  checkMeasures(circuit, refuse);
  checkExpressions(circuit, refuse);
  if (!circuit.trusted) checkValues(circuit, refuse);
}

function checkNames(circuit: CircuitDefinition, refuse: Refuse): void {
  const { parameters, specs, analyses } = circuit;
  if (parameters.length === 0) refuse(entry('parameters'), 'it has no parameters', 'at least one', 'declare what is to be sized');
  if (specs.length === 0) refuse(entry('specs'), 'it has no specs', 'at least one', 'declare what is to be reached');
  for (const [what, list, names] of [
    ['parameter', 'parameters', parameters.map((p) => p.name)],
    ['spec', 'specs', specs.map((s) => s.name)],
    ['analysis', 'analyses', analyses.map((a) => a.id)],
  ] as const) {
    const double = names.findIndex((name, i) => names.indexOf(name) !== i);
    if (double >= 0)
      refuse(entry(list, double), `the ${what} "${names[double]}" is declared twice`, 'names that differ', 'rename one');
  }
}

function checkRanges({ parameters, specs }: CircuitDefinition, refuse: Refuse): void {
  for (const [i, { name, minimum, maximum, scale, initial }] of parameters.entries()) {
    if (!(minimum < maximum))
      refuse(
        entry('parameters', i, 'minimum'),
        `the range of "${name}" is ${minimum} to ${maximum}`,
        'minimum < maximum',
        'correct it',
      );
    if (scale === 'log' && !(minimum > 0))
      refuse(entry('parameters', i, 'minimum'), `"${name}" has a log scale from ${minimum}`, 'a minimum above 0', 'correct it');
    if (!(initial >= minimum && initial <= maximum))
      refuse(entry('parameters', i, 'initial'), `"${name}" starts at ${initial}`, 'a value within its range', 'correct it');
  }
  for (const [i, { name, target, range, transform }] of specs.entries()) {
    const numbers = [target, range.easy, range.hard, transform.center, transform.spread];
    if (!numbers.every(Number.isFinite) || !(transform.spread > 0))
      refuse(
        entry('specs', i),
        `the numbers of "${name}" are ${numbers.join(', ')}`,
        'finite ones, the spread above 0',
        'correct them',
      );
    if (transform.scale === 'log' && !(Math.min(target, range.easy, range.hard) > 0))
      refuse(
        entry('specs', i),
        `"${name}" has a log scale and a target or range of 0 or less`,
        'values above 0',
        'use scale: linear',
      );
  }
}

function checkProcess({ process: { library, section }, corners = [] }: CircuitDefinition, refuse: Refuse): void {
  if (library === 'none') return;
  if (!MODEL_LIBRARIES.includes(library))
    refuse(
      entry('process', 'library'),
      `the model library "${library}" is not known`,
      `one of ${MODEL_LIBRARIES.join(', ')} or none`,
      'correct process.library',
    );
  const sections = sectionsOf(library);
  const named = [
    [entry('process', 'section'), section],
    ...corners.map((corner, i) => [entry('corners', i, 'section'), corner.section]),
  ];
  for (const [where, name] of named as [FaultPlace, string | undefined][])
    if (name !== undefined && !sections.includes(name))
      refuse(where, `the model library "${library}" has no section "${name}"`, `one of ${sections.join(', ')}`, 'correct it');
}

function checkMeasures(circuit: CircuitDefinition, refuse: Refuse): void {
  for (const [i, { name }] of circuit.specs.entries()) {
    if (!Object.hasOwn(circuit.measures, name))
      refuse(entry('specs', i), `the spec "${name}" has no measure`, 'a measure of the same name', 'add it to measures');
  }
  for (const [name, measure] of Object.entries(circuit.measures)) {
    const where = entry('measures', name);
    try {
      checkMeasure(name, measure);
    } catch (thrown) {
      if (!(thrown instanceof OhmbaError)) throw thrown;
      refuse(where, thrown.what, thrown.expected, thrown.todo);
    }
    if (typeof measure === 'function') continue;
    const analysis = circuit.analyses.find((candidate) => candidate.id === measure.analysis);
    const known = circuit.analyses.map(({ id }) => id).join(', ');
    if (!analysis) {
      refuse(
        where,
        `the measure "${name}" reads the analysis "${String(measure.analysis)}"`,
        `one that is declared: ${known}`,
        'correct it',
      );
      continue;
    }
    const saved = savedVectors(analysis).map((vector) => vector.toLowerCase());
    const read = VECTORS_OF_MEASURES.flatMap((argument) => (measure[argument] === undefined ? [] : [String(measure[argument])]));
    const missing = read.find((vector) => !saved.includes(vector.toLowerCase()));
    if (missing !== undefined)
      refuse(
        where,
        `the measure "${name}" reads ${missing}, which ${analysis.id} does not save`,
        `one of ${savedVectors(analysis).join(', ')}`,
        'add it to save, or correct it',
      );
  }
}

/** Names that a text uses and nobody declares show here, with their line, not in a worker. */
function checkExpressions(circuit: CircuitDefinition, refuse: Refuse): void {
  const lookup = parameterLookup(deckDefinition(circuit), initialSizing(circuit.parameters));
  for (const [i, line] of circuit.netlist.split('\n').entries()) {
    if (line.trimStart().startsWith('*')) continue;
    try {
      fillText(line, lookup);
    } catch (thrown) {
      if (!(thrown instanceof OhmbaError)) throw thrown;
      const names = [...circuit.parameters.map(({ name }) => name), 'supply', 'temperature'];
      refuse({ text: 'netlist', line: i + 1 }, thrown.what, `${thrown.expected}; known names: ${names.join(', ')}`, thrown.todo);
    }
  }
}

/** `w=` at the end, or before the next `l=`: ngspice would ask a person what to do. */
const NO_VALUE = /^([a-z_]\w*)=(?:$|[a-z_]\w*=(?!=))/i;

function checkValues({ netlist }: CircuitDefinition, refuse: Refuse): void {
  for (const { text, line } of logicalLines(netlist)) {
    const name = words(text)
      .map((word) => NO_VALUE.exec(word)?.[1])
      .find((found) => found !== undefined);
    if (name !== undefined)
      refuse({ text: 'netlist', line }, `${name}= has no value`, `a number or an expression after ${name}=`, 'add it');
  }
}
