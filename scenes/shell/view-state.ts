/**
 * What the address says, and nothing that the address does not say: a link reproduces the view. Unknown or broken
 * values are reported and replaced by the default; they never stop the page.
 */
import type { ThemeName } from '../theme/tokens';

export interface ViewState {
  /** Circuits to train on; they decide what the engine worker is started with. */
  readonly circuits: readonly string[];
  readonly seed: number;
  readonly environments: number;
  readonly agent: string;
  /** What the agent computes on; `auto`: the faster of what there is. */
  readonly executor: 'auto' | 'wasm' | 'webgpu';
  readonly preset: string;
  /** `null`: as the system says. */
  readonly theme: ThemeName | null;
  /** Place of the selected environment in the snapshot. */
  readonly selected: number | null;
  readonly source: 'live' | 'synthetic';
  readonly renderer: 'webgl' | 'webgpu';
}

export const DEFAULT_VIEW: ViewState = {
  circuits: ['two-stage-opamp'],
  seed: 1,
  environments: 16,
  agent: 'm3',
  executor: 'auto',
  preset: 'watch',
  theme: null,
  selected: null,
  source: 'live',
  renderer: 'webgl',
};

export interface ParsedView {
  readonly view: ViewState;
  readonly complaints: readonly string[];
}

const ID = /^[a-z0-9][a-z0-9-]*$/;

export function parseView(search: string): ParsedView {
  const query = new URLSearchParams(search);
  const complaints: string[] = [];

  const read = <T>(name: string, parse: (text: string) => T | undefined, expected: string, fallback: T): T => {
    const text = query.get(name);
    if (text === null) return fallback;
    const value = parse(text);
    if (value !== undefined) return value;
    complaints.push(`In the address, ${name}=${text} was not understood: expected ${expected}. Using ${String(fallback)}.`);
    return fallback;
  };
  const whole = (minimum: number, maximum: number) => (text: string) => {
    const value = Number(text);
    return text !== '' && Number.isInteger(value) && value >= minimum && value <= maximum ? value : undefined;
  };
  const among =
    <T extends string>(...values: readonly T[]) =>
    (text: string) =>
      values.find((value) => value === text);
  const id = (text: string) => (ID.test(text) ? text : undefined);

  const view: ViewState = {
    circuits: read(
      'circuits',
      (text) => {
        const ids = text.split(',').filter((part) => part !== '');
        return ids.length > 0 && ids.every((part) => ID.test(part)) ? ids : undefined;
      },
      'circuit ids with commas between',
      DEFAULT_VIEW.circuits,
    ),
    seed: read('seed', whole(0, 2 ** 32 - 1), 'a whole number from 0 to 4294967295', DEFAULT_VIEW.seed),
    environments: read('environments', whole(1, 4096), 'a whole number from 1 to 4096', DEFAULT_VIEW.environments),
    agent: read('agent', id, 'the id of an agent', DEFAULT_VIEW.agent),
    executor: read('executor', among('auto', 'wasm', 'webgpu'), 'auto, wasm or webgpu', DEFAULT_VIEW.executor),
    preset: read('preset', id, 'the id of a layout', DEFAULT_VIEW.preset),
    theme: read<ThemeName | null>('theme', among('dark', 'light'), 'dark or light', DEFAULT_VIEW.theme),
    selected: read<number | null>('selected', whole(0, 4095), 'the number of an environment', DEFAULT_VIEW.selected),
    source: read('source', among('live', 'synthetic'), 'live or synthetic', DEFAULT_VIEW.source),
    renderer: read('renderer', among('webgl', 'webgpu'), 'webgl or webgpu', DEFAULT_VIEW.renderer),
  };
  return { view, complaints };
}

/** The shortest query that brings `view` back; empty for the default view. */
export function formatView(view: ViewState): string {
  const parts: string[] = [];
  for (const key of Object.keys(DEFAULT_VIEW) as (keyof ViewState)[]) {
    const value = view[key];
    if (value === null || String(value) === String(DEFAULT_VIEW[key])) continue;
    parts.push(`${key}=${encodeURIComponent(String(value)).replaceAll('%2C', ',')}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
