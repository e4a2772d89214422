import { OhmbaError } from '../base';

/** Where in a declaration something is wrong: an entry of it, or a line of one of its texts. */
export type FaultPlace =
  | { readonly text: 'declaration'; readonly path: readonly (string | number)[] }
  | { readonly text: 'netlist' | 'models'; readonly line: number };

/** What is wrong with a circuit's declaration. */
export class CircuitFault extends OhmbaError {
  /** What is wrong, without the circuit's name. */
  readonly fault: string;
  readonly where: FaultPlace;

  constructor(id: string, where: FaultPlace, fault: string, expected: string, todo: string) {
    const line = where.text === 'declaration' ? '' : `line ${where.line} of its ${where.text}: `;
    super({ what: `circuit "${id}": ${line}${fault}`, expected, todo });
    this.fault = fault;
    this.where = where;
  }
}

/** Reports what is wrong with one circuit. */
export type Refuse = (where: FaultPlace, fault: string, expected: string, todo: string) => never;

export function refusing(id: string): Refuse {
  return (where, fault, expected, todo) => {
    throw new CircuitFault(id, where, fault, expected, todo);
  };
}

export const entry = (...path: readonly (string | number)[]): FaultPlace => ({ text: 'declaration', path });
