/** What can be pointed at and selected, everywhere in the studio: an environment, or a simulated point of a circuit. */
export type Selection =
  /** Place of the environment in the snapshot. */
  | { readonly kind: 'environment'; readonly environment: number }
  /** Id of the circuit, and the point's number as `Points` counts. */
  | { readonly kind: 'point'; readonly circuit: string; readonly point: number };

export function environmentAt(environment: number): Selection {
  return { kind: 'environment', environment };
}

export function pointAt(circuit: string, point: number): Selection {
  return { kind: 'point', circuit, point };
}

export function sameSelection(a: Selection | null, b: Selection | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a.kind === 'environment') return b.kind === 'environment' && a.environment === b.environment;
  return b.kind === 'point' && a.circuit === b.circuit && a.point === b.point;
}

/** The environment that is selected; null where it is none. */
export function selectedEnvironment(selection: Selection | null): number | null {
  return selection?.kind === 'environment' ? selection.environment : null;
}

/** As the address writes it: `5`, or `two-stage-opamp:120`. */
export function formatSelection(selection: Selection): string {
  return selection.kind === 'environment' ? String(selection.environment) : `${selection.circuit}:${selection.point}`;
}

/** Undefined where the text is neither. */
export function parseSelection(text: string): Selection | undefined {
  const match = /^(?:([a-z0-9][a-z0-9-]*):)?(\d{1,9})$/.exec(text);
  if (!match) return undefined;
  return match[1] === undefined ? environmentAt(Number(match[2])) : pointAt(match[1], Number(match[2]));
}
