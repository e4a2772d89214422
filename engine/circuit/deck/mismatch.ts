import { RandomStream } from '../../base';
import { spiceNumber } from './expression';
import { words } from './logical-lines';

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

/**
 * The netlist with a threshold shift of its own (`delvto`) on every transistor. The shift in units of σ depends on the
 * sample and on the instance's name only, so that two sizings see the same sample, and a sample can be made again.
 * @param netlist one statement a line, sizes as plain numbers
 */
export function withMismatch(netlist: string, library: string, sample: number): string {
  const known = MATCHING[library] ?? {};
  const stream = new RandomStream(sample).split('mismatch');
  return netlist
    .split('\n')
    .map((line) => {
      if (!/^\s*m/i.test(line)) return line;
      const parts = words(line.trim().toLowerCase());
      const model = parts.find((part) => Object.hasOwn(known, part));
      if (model === undefined) return line;
      const { a, dl, dw } = known[model]!;
      const value = (name: string, otherwise = Number.NaN) => {
        const found = parts.find((part) => part.startsWith(`${name}=`));
        return found === undefined ? otherwise : spiceNumber(found.slice(name.length + 1));
      };
      const area = (value('w') - dw) * (value('l') - dl) * value('m', 1);
      const shift = stream.split(parts[0]!).normal() * (a / Math.sqrt(area));
      return Number.isFinite(shift) ? `${line} delvto=${shift}` : line;
    })
    .join('\n');
}
