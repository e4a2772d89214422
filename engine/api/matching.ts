/** Threshold mismatch of a transistor model: σ(ΔVth) = a / √((W - dw)·(L - dl)·m), metres and volt-metres. */
interface Matching {
  readonly a: number;
  readonly dl: number;
  readonly dw: number;
}

/**
 * Of one device of a matched pair. GF180MCU: `fets_mm` of sm141064.ngspice, where σ is par_vth/√2 over the root of the
 * area; its current-factor mismatch is declared there and not used, nor is it here.
 */
const MATCHING: Readonly<Record<string, Readonly<Record<string, Matching>>>> = {
  gf180: {
    nmos_3p3: { a: Math.SQRT1_2 * 7.148e-9, dl: 0.15e-6, dw: -0.1e-6 },
    pmos_3p3: { a: Math.SQRT1_2 * 6.66e-9, dl: 0.15e-6, dw: -0.1e-6 },
    nmos_6p0: { a: Math.SQRT1_2 * 11.55e-9, dl: 0.4e-6, dw: -0.5e-6 },
  },
};

/** Whether mismatch of a library's transistors is known. */
export function hasMismatch(library: string): boolean {
  return Object.hasOwn(MATCHING, library);
}

/** The model among some words of a netlist whose mismatch is known. */
export function matchedModel(library: string, words: readonly string[]): string | undefined {
  const known = MATCHING[library] ?? {};
  return words.find((word) => Object.hasOwn(known, word));
}

/**
 * Standard deviation of a transistor's threshold, volts, by Pelgrom's law; width and length in metres.
 * @returns NaN where nothing is known of the model
 */
export function thresholdSigma(library: string, model: string, width: number, length: number, multiplier = 1): number {
  const matching = MATCHING[library]?.[model];
  if (!matching) return Number.NaN;
  return matching.a / Math.sqrt((width - matching.dw) * (length - matching.dl) * multiplier);
}
