/**
 * What the address says, and nothing that the address does not say: a link reproduces the view. Unknown or broken
 * values are reported and replaced by the default; they never stop the page.
 */
import type { Brushes } from '../store/brush';
import { formatBrushes, parseBrushes } from '../store/brush';
import type { Selection } from '../store/selection';
import { formatSelection, parseSelection } from '../store/selection';
import type { ThemeName } from '../theme/tokens';

/** Names and values of letters, digits, `_`, `-` and `.`. */
export type Look = Readonly<Record<string, string>>;

export interface ViewState {
  /** Circuits to train on; they decide what the engine worker is started with. */
  readonly circuits: readonly string[];
  readonly seed: number;
  readonly environments: number;
  readonly agent: string;
  /** What the agent computes on; `auto`: the faster of what there is. */
  readonly executor: 'auto' | 'wasm' | 'webgpu';
  /** Held targets are tried whenever so many more simulations were made (0: never), so many a circuit. */
  readonly heldEvery: number;
  readonly heldTargets: number;
  readonly preset: string;
  /** The scene that was asked for; `null`: those of the layout as they stand. */
  readonly scene: string | null;
  /** The circuit that scenes of one circuit show; `null`: the first. */
  readonly circuit: string | null;
  /** `null`: as the system says. */
  readonly theme: ThemeName | null;
  readonly selected: Selection | null;
  readonly brush: Brushes;
  /** The recorded tick that is looked at; `null`: live. */
  readonly time: number | null;
  /** The recorded run that goes on, so that a reloaded page loses nothing; `null`: a new one. */
  readonly run: string | null;
  /** The recorded run that is looked at in place of the one that goes on; `null`: that one. */
  readonly recorded: string | null;
  /** What was chosen inside of scenes, by names of their own. */
  readonly look: Look;
  readonly source: 'live' | 'synthetic';
  /** Points that each circuit of the synthetic source begins with. */
  readonly points: number;
  /** Ticks of the synthetic source that have passed before anybody looks; 0: a few. */
  readonly past: number;
  /** Whether it runs from the start; paused, it shows the same at every visit. */
  readonly begin: 'running' | 'paused';
  readonly renderer: 'webgl' | 'webgpu';
}

export const DEFAULT_VIEW: ViewState = {
  circuits: ['two-stage-opamp', 'strongarm-comparator', 'cascode-miller-opamp'],
  seed: 1,
  environments: 16,
  agent: 'm3',
  executor: 'auto',
  heldEvery: 0,
  heldTargets: 5,
  preset: 'watch',
  scene: null,
  circuit: null,
  theme: null,
  selected: null,
  brush: [],
  time: null,
  run: null,
  recorded: null,
  look: {},
  source: 'live',
  points: 0,
  past: 0,
  begin: 'running',
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
    heldEvery: read('heldEvery', whole(0, 1e9), 'a whole number of simulations, 0 for never', DEFAULT_VIEW.heldEvery),
    heldTargets: read('heldTargets', whole(1, 1000), 'a whole number from 1 to 1000', DEFAULT_VIEW.heldTargets),
    preset: read('preset', id, 'the id of a layout', DEFAULT_VIEW.preset),
    theme: read<ThemeName | null>('theme', among('dark', 'light'), 'dark or light', DEFAULT_VIEW.theme),
    scene: read<string | null>('scene', id, 'the id of a scene', DEFAULT_VIEW.scene),
    circuit: read<string | null>('circuit', id, 'the id of a circuit', DEFAULT_VIEW.circuit),
    selected: read<Selection | null>(
      'selected',
      parseSelection,
      'the number of an environment, or CIRCUIT:POINT',
      DEFAULT_VIEW.selected,
    ),
    brush: read('brush', parseBrushes, 'CIRCUIT~AXIS~LOW~HIGH with commas between', DEFAULT_VIEW.brush),
    time: read<number | null>('time', whole(0, 2 ** 32 - 1), 'the number of a tick', DEFAULT_VIEW.time),
    run: read<string | null>('run', id, 'the id of a recorded run', DEFAULT_VIEW.run),
    recorded: read<string | null>('recorded', id, 'the id of a recorded run', DEFAULT_VIEW.recorded),
    look: read('look', parseLook, 'NAME~VALUE with commas between', DEFAULT_VIEW.look),
    source: read('source', among('live', 'synthetic'), 'live or synthetic', DEFAULT_VIEW.source),
    points: read('points', whole(0, 1e6), 'a whole number up to a million', DEFAULT_VIEW.points),
    past: read('past', whole(0, 1e6), 'a whole number up to a million', DEFAULT_VIEW.past),
    begin: read('begin', among('running', 'paused'), 'running or paused', DEFAULT_VIEW.begin),
    renderer: read('renderer', among('webgl', 'webgpu'), 'webgl or webgpu', DEFAULT_VIEW.renderer),
  };
  return { view, complaints };
}

/** The shortest query that brings `view` back; empty for the default view. */
export function formatView(view: ViewState): string {
  const parts: string[] = [];
  for (const key of Object.keys(DEFAULT_VIEW) as (keyof ViewState)[]) {
    const text = write(key, view);
    if (text === write(key, DEFAULT_VIEW)) continue;
    // Commas and colons may stand in a query as they are, and read better.
    parts.push(`${key}=${encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':')}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function parseLook(text: string): Look | undefined {
  const pairs = text.split(',').map((part) => part.split('~'));
  return pairs.every((pair) => pair.length === 2 && pair.every((word) => /^[\w.-]+$/.test(word)))
    ? Object.fromEntries(pairs)
    : undefined;
}

function write(key: keyof ViewState, view: ViewState): string {
  if (key === 'selected') return view.selected === null ? '' : formatSelection(view.selected);
  if (key === 'brush') return formatBrushes(view.brush);
  if (key === 'look')
    return Object.entries(view.look)
      .map(([name, value]) => `${name}~${value}`)
      .join();
  const value = view[key];
  return value === null ? '' : String(value);
}
