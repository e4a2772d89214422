import type { AnalysisResults } from '../api/circuit';
import type { DeckStep } from './deck/compile-deck';
import { grazesBand } from './measures/grazing';

/** Whether what was simulated so far leaves open when a signal settled, so that a finer run has to decide it. */
export function isUndecided({ id, band }: DeckStep, margin: number, results: AnalysisResults): boolean {
  const waveforms = results[id];
  const final = band && results[band.finalAnalysis]?.real[band.output]?.at(-1);
  if (!waveforms || !band || final === undefined || final === null) return false;
  return grazesBand(waveforms, band.output, { edge: band.edge, final, tolerance: band.tolerance, margin });
}
