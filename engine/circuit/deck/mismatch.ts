import { matchedModel, thresholdSigma } from '../../api/matching';
import { RandomStream } from '../../base';
import { spiceNumber } from './expression';
import { words } from './logical-lines';

/**
 * The netlist with a threshold shift of its own (`delvto`) on every transistor. The shift in units of σ depends on the
 * sample and on the instance's name only, so that two sizings see the same sample, and a sample can be made again.
 * @param netlist one statement a line, sizes as plain numbers
 */
export function withMismatch(netlist: string, library: string, sample: number): string {
  const stream = new RandomStream(sample).split('mismatch');
  return netlist
    .split('\n')
    .map((line) => {
      if (!/^\s*m/i.test(line)) return line;
      const parts = words(line.trim().toLowerCase());
      const model = matchedModel(library, parts);
      if (model === undefined) return line;
      const value = (name: string, otherwise = Number.NaN) => {
        const found = parts.find((part) => part.startsWith(`${name}=`));
        return found === undefined ? otherwise : spiceNumber(found.slice(name.length + 1));
      };
      const sigma = thresholdSigma(library, model, value('w'), value('l'), value('m', 1));
      const shift = stream.split(parts[0]!).normal() * sigma;
      return Number.isFinite(shift) ? `${line} delvto=${shift}` : line;
    })
    .join('\n');
}
