import { logicalLines, words } from './deck/logical-lines';

const COMPLAINT = /error on line \d+ or its substitute:\s*\n\s*(\S.*)\n\s*(\S.*)/i;
const NO_MODEL = /could not find a valid modelname/i;

/**
 * What ngspice could not read: the statement, its line in the circuit's own netlist, and why; null where its log complains of
 * none. The line that ngspice names itself is one of the deck, which begins with the models.
 */
export function netlistComplaint(netlist: string, log: string): string | null {
  const [, statement, reason] = COMPLAINT.exec(log) ?? [];
  if (statement === undefined || reason === undefined) return null;
  const line = lineOf(netlist, statement);
  const model = NO_MODEL.test(reason) ? /can't find model '([^']*)'/i.exec(log)?.[1] : undefined;
  const why = model === undefined ? reason.trim() : `there is no model "${model}"`;
  return `ngspice cannot use ${line === null ? '' : `line ${line} of the netlist, `}"${statement.trim()}": ${why}`;
}

/** By the name of the device: values are filled in by now. */
function lineOf(netlist: string, statement: string): number | null {
  const name = (text: string) => words(text)[0]?.toLowerCase();
  const same = logicalLines(netlist).filter(({ text }) => name(text) === name(statement));
  return same.length === 1 ? same[0]!.line : null;
}
