import type { CircuitDefinition } from '../api/circuit';
import { OhmbaError } from '../base';
import { deckDefinition, parameterLookup } from './deck/deck-definition';
import { fillTemplate, parseTemplate } from './deck/template';
import { checkMeasure } from './measures';
import { checkNetlistSafety } from './netlist-safety';
import { initialSizing } from './parameter-space';
import { MODEL_LIBRARIES } from './process-models';

/** Arguments of named measures that are names of vectors. */
const VECTORS_OF_MEASURES = ['output', 'input', 'from-output'];

/**
 * Checks a declaration before anything runs.
 * @throws OhmbaError that names the circuit and the first thing that is wrong with it
 */
export function checkCircuit(circuit: CircuitDefinition): void {
  const wrong = (what: string, expected: string, todo: string): never => {
    throw new OhmbaError({ what: `circuit "${circuit.id}": ${what}`, expected, todo });
  };
  checkNetlistSafety(circuit);
  if (circuit.parameters.length === 0) wrong('it has no parameters', 'at least one', 'declare what is to be sized');
  if (circuit.specs.length === 0) wrong('it has no specs', 'at least one', 'declare what is to be reached');
  for (const [what, names] of [
    ['parameter', circuit.parameters.map((p) => p.name)],
    ['spec', circuit.specs.map((s) => s.name)],
    ['analysis', circuit.analyses.map((a) => a.id)],
  ] as const) {
    const double = names.find((name, i) => names.indexOf(name) !== i);
    if (double !== undefined) wrong(`the ${what} "${double}" is declared twice`, 'names that differ', 'rename one');
  }
  for (const { name, minimum, maximum, scale, initial } of circuit.parameters) {
    if (!(minimum < maximum)) wrong(`the range of "${name}" is ${minimum} to ${maximum}`, 'minimum < maximum', 'correct it');
    if (scale === 'log' && !(minimum > 0)) wrong(`"${name}" has a log scale from ${minimum}`, 'a minimum above 0', 'correct it');
    if (!(initial >= minimum && initial <= maximum))
      wrong(`"${name}" starts at ${initial}`, 'a value within its range', 'correct it');
  }
  if (!MODEL_LIBRARIES.includes(circuit.process.library) && circuit.process.library !== 'none')
    wrong(
      `the model library "${circuit.process.library}" is not known`,
      `one of ${MODEL_LIBRARIES.join(', ')} or none`,
      'correct process.library',
    );
  for (const spec of circuit.specs) {
    const measure = circuit.measures[spec.name];
    if (measure === undefined)
      wrong(`the spec "${spec.name}" has no measure`, 'a measure of the same name', 'add it to measures');
  }
  for (const [name, measure] of Object.entries(circuit.measures)) {
    checkMeasure(name, measure);
    if (typeof measure === 'function') continue;
    const analysis = circuit.analyses.find((candidate) => candidate.id === measure.analysis);
    if (!analysis) {
      wrong(`the measure "${name}" reads the analysis "${String(measure.analysis)}"`, 'one that is declared', 'correct it');
      continue;
    }
    const saved = analysis.save.map((vector) => vector.toLowerCase());
    const read = VECTORS_OF_MEASURES.flatMap((argument) => (measure[argument] === undefined ? [] : [String(measure[argument])]));
    const missing = read.find((vector) => !saved.includes(vector.toLowerCase()));
    if (missing !== undefined)
      wrong(`the measure "${name}" reads ${missing}, which ${analysis.id} does not save`, 'a saved vector', 'add it to save');
  }
  // Names that the netlist uses and nobody declares show here, not in a worker.
  fillTemplate(parseTemplate(circuit.netlist), parameterLookup(deckDefinition(circuit), initialSizing(circuit.parameters)));
}
