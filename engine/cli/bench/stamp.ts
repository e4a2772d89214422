import { cpus } from 'node:os';

/** When and on what machine something was measured. */
export function stamp(): { readonly date: string; readonly cpu: string } {
  return { date: new Date().toISOString(), cpu: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}` };
}

/** The stamp as the first line of a text. */
export function heading(): string {
  return `${stamp().cpu}, ${today()}`;
}

export function today(): string {
  return stamp().date.slice(0, 10);
}
