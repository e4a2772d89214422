/** What every error of the engine says: what happened, what was expected, and what to do about it. */
export interface ErrorParts {
  readonly what: string;
  readonly expected: string;
  readonly todo: string;
}

/** An error that a person can act on. Its message is one line. */
export class OhmbaError extends Error implements ErrorParts {
  override readonly name = 'OhmbaError';
  readonly what: string;
  readonly expected: string;
  readonly todo: string;

  constructor(parts: ErrorParts, options?: ErrorOptions) {
    super(formatParts(parts), options);
    this.what = parts.what;
    this.expected = parts.expected;
    this.todo = parts.todo;
  }
}

/** `what; expected …; todo.` on one line, whatever line breaks the parts held. */
export function formatParts({ what, expected, todo }: ErrorParts): string {
  return oneLine(`${trimEnd(what)}; expected ${trimEnd(expected)}; ${trimEnd(todo)}.`);
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  return oneLine(thrown instanceof Error ? thrown.message || thrown.name : String(thrown));
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ').trim();
}

function trimEnd(text: string): string {
  return text.trim().replace(/[.;]+$/, '');
}
