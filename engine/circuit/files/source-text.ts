import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { OhmbaError } from '../../base';

/** Place within a JSON document: `['parameters', 2, 'minimum']`. */
export type JsonPath = readonly (string | number)[];

/** A JSON document that remembers where each value stands. */
export interface SourceText {
  readonly file: string;
  readonly value: unknown;
  /** Line of a value, from 1; of the nearest thing around it where it is missing. */
  lineOf(path: JsonPath): number;
}

/**
 * Reads JSON; comments and trailing commas are let through, since people write these files by hand.
 * @throws OhmbaError with file and line where it is no JSON
 */
export function readSource(file: string, text: string): SourceText {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  if (first || !tree) {
    throw new OhmbaError({
      what: `${file}:${lineAt(first?.offset ?? 0)}: ${first ? spaced(printParseErrorCode(first.error)) : 'it is empty'}`,
      expected: 'JSON',
      todo: 'correct it there; a missing comma or quote is often a line above',
    });
  }
  return {
    file,
    value: plainValue(tree),
    lineOf(path) {
      for (let length = path.length; length >= 0; length--) {
        const node = findNodeAtLocation(tree, [...path.slice(0, length)]);
        if (node) return lineAt(node.offset);
      }
      return 1;
    },
  };
}

/** Own keys only: a key named `__proto__` is a key like any other. */
function plainValue(node: Node): unknown {
  switch (node.type) {
    case 'array':
      return (node.children ?? []).map(plainValue);
    case 'object':
      return Object.fromEntries(
        (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
          key && value ? [[key.value, plainValue(value)]] : [],
        ),
      );
    default:
      return node.value;
  }
}

/** `CommaExpected`: comma expected. */
function spaced(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
