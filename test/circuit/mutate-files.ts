import type { CircuitFiles } from '../../engine/api';
import type { RandomStream } from '../../engine/base';

/** A way to spoil a text; returns it spoilt. */
type Mutation = (text: string, random: RandomStream) => string;

const pick = <T>(items: readonly T[], random: RandomStream): T => items[Math.floor(random.uniform() * items.length)]!;
const place = (length: number, random: RandomStream): number => Math.floor(random.uniform() * Math.max(1, length));

/** Replaces a random match; the text as it is where there is none. */
function replaceOne(text: string, pattern: RegExp, replacement: (found: string) => string, random: RandomStream): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const match = pick(found, random);
  return text.slice(0, match.index) + replacement(match[0]) + text.slice(match.index + match[0].length);
}

function editLines(text: string, edit: (lines: string[]) => void): string {
  const lines = text.split('\n');
  edit(lines);
  return lines.join('\n');
}

const WILD = [
  '0',
  '-1',
  '1e308',
  '1e-320',
  '"nan"',
  '"1e999"',
  '""',
  'null',
  '"10meg"',
  '[]',
  '{}',
  'true',
  '"../../etc/passwd"',
];

const ANYWHERE: readonly Mutation[] = [
  (text, random) => editLines(text, (lines) => lines.splice(place(lines.length, random), 1)),
  (text, random) => editLines(text, (lines) => lines.splice(place(lines.length, random), 0, pick(lines, random))),
  (text, random) =>
    editLines(text, (lines) => {
      const [a, b] = [place(lines.length, random), place(lines.length, random)];
      [lines[a], lines[b]] = [lines[b]!, lines[a]!];
    }),
  (text, random) => text.slice(0, place(text.length, random)),
  (text, random) => {
    const at = place(text.length, random);
    return text.slice(0, at) + pick(['"', '{', '}', '\0', '\n', ',', '´', '$', '\u2028', '9'], random) + text.slice(at + 1);
  },
];

const IN_JSON: readonly Mutation[] = [
  ...ANYWHERE,
  (text, random) => replaceOne(text, /(?<=: )("[^"]*"|-?[\d.e-]+)/g, () => pick(WILD, random), random),
  (text, random) =>
    replaceOne(text, /"[a-zA-Z]+"(?=:)/g, () => pick(['"name"', '"__proto__"', '"constructor"', '"use"'], random), random),
  (text, random) =>
    replaceOne(
      text,
      /"(gain|ac|op|step|v\(out\)|slew|ptm|dc)"/g,
      () => pick(['"toString"', '"v(nowhere)"', '"tran"'], random),
      random,
    ),
];

const WILD_LINES = [
  '.control\nwhile 1\nend\n.endc',
  '.include /etc/passwd',
  '.lib nowhere.lib tt',
  'v9 out 0 1e30',
  'v9 vdd 0 3',
  'l9 out 0 0',
  'r9 out 0 0',
  'r9 out 0 -1k',
  'b9 out 0 v=1/(v(out)-v(out))',
  'b9 out 0 i=exp(1000*v(out))',
  'e9 x 0 x 0 1',
  'm9 out a',
  'm9 out a 0 0 nothing w=1u l=1u',
  'x9 out 0 nothing',
  'd9 out 0 PTM180N',
  'c9 out 0 {unknown}',
  'c9 out 0 {wpair',
  '.param x={y} y={x}',
  '.model PTM180N nmos level=99',
  '.subckt a b c\nr1 b c 1k',
  '.ends',
  '+ w=1u',
  '.tran 1n 1',
  '.measure tran x max v(out)',
  'a9 out 0 nothing',
  `r9 out 0 ${'9'.repeat(5000)}`,
];

const IN_NETLIST: readonly Mutation[] = [
  ...ANYWHERE,
  (text, random) => editLines(text, (lines) => lines.splice(place(lines.length, random), 0, pick(WILD_LINES, random))),
  (text, random) =>
    replaceOne(text, /\b(out|vdd|tail|bias|inn|inp|a|b|0)\b/g, () => pick(['out', 'vdd', '0', 'nowhere', 'b'], random), random),
  (text, random) => replaceOne(text, /PTM180[NP]/g, () => pick(['PTM180', 'PTM65N', 'nmos_3p3', 'ptm180p'], random), random),
  (text, random) =>
    replaceOne(
      text,
      /\{[^}]*\}|(?<== ?)[\d.]+u/g,
      () => pick(['{wpair*1e12}', '0', '-1u', '{1/0}', '{sqrt(-1)}', '{pow(9,999)}'], random),
      random,
    ),
  (text, random) => replaceOne(text, /^[a-z]+\d?/gm, () => pick(['q1', 'm1', 'x', 'k1', '.', '*', 'z0'], random), random),
];

/** The files with one to three faults, spread over them. */
export function mutateFiles(files: CircuitFiles, random: RandomStream): CircuitFiles {
  const spoilt: Record<string, string> = { ...files };
  const names = Object.keys(files);
  for (let faults = 1 + place(3, random); faults > 0; faults--) {
    const name = pick(names, random);
    const mutations = name.endsWith('.json') ? IN_JSON : IN_NETLIST;
    spoilt[name] = pick(mutations, random)(spoilt[name]!, random);
  }
  return spoilt;
}
