import netlist from './amplifier.cir?raw';
import circuit from './circuit.json?raw';
import readme from './README.md?raw';

/** The circuit of plain files that `ohmba new-circuit` copies, by file name. */
export const exampleFiles: Readonly<Record<string, string>> = {
  'README.md': readme,
  'circuit.json': circuit,
  'amplifier.cir': netlist,
};
