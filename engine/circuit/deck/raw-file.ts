import type { AnalysisDefinition, Waveforms } from '../../api/circuit';

const latin1 = new TextDecoder('latin1');

/**
 * Reads the first plot of a binary raw file of ngspice. Null where the file holds none, where it is cut short, or where
 * the plot is of another analysis than the one expected.
 */
export function readRawFile(bytes: Uint8Array, kind: AnalysisDefinition['kind']): Waveforms | null {
  const start = findBinary(bytes);
  if (start < 0) return null;
  const header = latin1.decode(bytes.subarray(0, start));
  if (!PLOT_NAMES[kind].test(/^Plotname:(.*)$/im.exec(header)?.[1] ?? '')) return null;
  const complex = /^Flags:.*\bcomplex\b/im.test(header);
  const points = Number(/^No\. Points:\s*(\d+)/im.exec(header)?.[1]);
  const names = variableNames(header);
  const stride = names.length * (complex ? 2 : 1);
  if (!(points > 0) || names.length === 0 || bytes.length - start < points * stride * 8) return null;
  const data = new DataView(bytes.buffer, bytes.byteOffset + start);
  const column = (index: number) => {
    const values = new Float64Array(points);
    for (let point = 0; point < points; point++) values[point] = data.getFloat64((point * stride + index) * 8, true);
    return values;
  };
  const real: Record<string, Float64Array> = {};
  const imaginary: Record<string, Float64Array> = {};
  const hasAxis = kind !== 'op';
  for (const [i, name] of names.entries()) {
    if (hasAxis && i === 0) continue;
    real[name] = column(complex ? 2 * i : i);
    if (complex) imaginary[name] = column(2 * i + 1);
  }
  return { kind, axis: hasAxis ? column(0) : new Float64Array(1), real, imaginary };
}

const PLOT_NAMES: Readonly<Record<AnalysisDefinition['kind'], RegExp>> = {
  op: /operating point/i,
  dc: /dc transfer/i,
  ac: /ac analysis/i,
  tran: /transient/i,
  noise: /noise spectral density/i,
};

const MARK = 'Binary:\n';

function findBinary(bytes: Uint8Array): number {
  outer: for (let i = 0; i + MARK.length <= bytes.length; i++) {
    for (let j = 0; j < MARK.length; j++) if (bytes[i + j] !== MARK.charCodeAt(j)) continue outer;
    return i + MARK.length;
  }
  return -1;
}

/** Names as the deck asked for them: device currents come back as `i(@m1[id])`. */
function variableNames(header: string): string[] {
  const list = header
    .slice(header.search(/^Variables:/im))
    .split('\n')
    .slice(1);
  return list
    .map((line) => line.trim().split(/\s+/)[1]?.toLowerCase())
    .filter((name) => name !== undefined)
    .map((name) => /^[iv]\((@[^)]*)\)$/.exec(name)?.[1] ?? name);
}
