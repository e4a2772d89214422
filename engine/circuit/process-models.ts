import type { ProcessDefinition } from '../api/circuit';
import { OhmbaError } from '../base';
import { type FileReader, type ModelLibrary, readModelLibrary } from './deck/model-library';

/** A model library that eecircuit-engine ships inside; see MODELS.md for origin and licence. */
interface ShippedLibrary {
  readonly title: string;
  readonly sections: readonly string[];
  /** The file that brings all models of a section in. */
  file(section: string): string;
  /** Parameters that are forced: no mismatch, no statistics, nominal flicker noise. */
  readonly overrides: Readonly<Record<string, number>>;
}

const only = (file: string) => () => file;

const SHIPPED: Readonly<Record<string, ShippedLibrary>> = {
  gf180: {
    title: 'GF180MCU, 3.3 V and 6 V devices',
    sections: ['typical', 'ff', 'ss', 'fs', 'sf'],
    file: (section) => `modelcard.GF180.${section}`,
    overrides: { sw_stat_global: 0, sw_stat_mismatch: 0, fnoicor: 0 },
  },
  freepdk45: { title: 'FreePDK45', sections: ['typical'], file: only('modelcard.FreePDK45'), overrides: {} },
  ptm: {
    title: 'Predictive Technology Models, 65 to 180 nm',
    sections: ['typical'],
    file: only('modelcard.ptm'),
    overrides: {},
  },
  'ptm-hp': {
    title: 'Predictive Technology Models, high performance',
    sections: ['typical'],
    file: only('modelcard.ptmHP'),
    overrides: {},
  },
  'ptm-lp': {
    title: 'Predictive Technology Models, low power',
    sections: ['typical'],
    file: only('modelcard.ptmLP'),
    overrides: {},
  },
  cmos90: { title: '90 nm demonstration cards', sections: ['typical'], file: only('modelcard.CMOS90'), overrides: {} },
};

export const MODEL_LIBRARIES: readonly string[] = Object.keys(SHIPPED);

/** The sections (process corners) of a shipped library; empty for an unknown one. */
export function sectionsOf(library: string): readonly string[] {
  return SHIPPED[library]?.sections ?? [];
}

/**
 * The models that a process asks for. Reading takes some 20 ms for GF180, so callers keep the result.
 * @throws OhmbaError if library or section do not exist
 */
export function loadProcessModels(process: ProcessDefinition, read: FileReader): ModelLibrary {
  const own = process.models ?? '';
  if (process.library === 'none') return readModelLibrary(own, () => null);
  const { file, overrides } = modelFile(process);
  return readModelLibrary(`.include ${file}\n${own}`, read, overrides);
}

/**
 * The shipped file with the models that a process asks for, and parameters that nominal results need besides.
 * @throws OhmbaError if library or section do not exist
 */
export function modelFile(process: ProcessDefinition): {
  readonly file: string;
  readonly overrides: ShippedLibrary['overrides'];
} {
  const shipped = SHIPPED[process.library];
  if (!shipped)
    throw new OhmbaError({
      what: `there is no model library "${process.library}"`,
      expected: `one of ${MODEL_LIBRARIES.join(', ')} or none`,
      todo: 'correct process.library, or give your own models',
    });
  const section = process.section ?? shipped.sections[0]!;
  if (!shipped.sections.includes(section))
    throw new OhmbaError({
      what: `the model library "${process.library}" has no section "${section}"`,
      expected: `one of ${shipped.sections.join(', ')}`,
      todo: 'correct process.section',
    });
  return { file: shipped.file(section), overrides: shipped.overrides };
}
