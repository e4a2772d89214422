/** How the exploration is looked at: what a person chose, as the address keeps it (`look=colour~age,top~100`). */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Look } from '../shell/view-state';
import type { TintName } from './tint';
import { TINTS } from './tint';

export const TOPS = ['0', '1000', '100', '10'] as const;
export type Top = (typeof TOPS)[number];

export const VIEWS = { all: 'All four', parallel: 'Parallel', map: 'Map', pareto: 'Pareto', coverage: 'Coverage' } as const;
export type ViewName = keyof typeof VIEWS;

export const COURSES = { point: 'of the point', best: 'of the best five' } as const;
export type CourseName = keyof typeof COURSES;

/** What the address leaves out. */
export const USUAL = { colour: 'spec', top: '0', show: 'all', courses: 'point' } as const;

export interface ExplorationLook {
  readonly tint: TintName;
  readonly top: Top;
  readonly show: ViewName;
  readonly courses: CourseName;
  /** Specs across and up in the Pareto view. */
  readonly across: number;
  readonly up: number;
}

export function readLook(look: Look, info: CircuitInfo | null): ExplorationLook {
  const among = <T extends string>(key: string, values: readonly T[], fallback: T): T =>
    values.find((value) => value === look[key]) ?? fallback;
  const spec = (key: string, fallback: number) => {
    const found = info?.specs.findIndex(({ name }) => name === look[key]) ?? -1;
    return found >= 0 ? found : Math.min(fallback, (info?.specs.length ?? 1) - 1);
  };
  return {
    tint: among('colour', Object.keys(TINTS) as TintName[], USUAL.colour),
    top: among('top', TOPS, USUAL.top),
    show: among('show', Object.keys(VIEWS) as ViewName[], USUAL.show),
    courses: among('courses', Object.keys(COURSES) as CourseName[], USUAL.courses),
    across: spec('across', 0),
    up: spec('up', 1),
  };
}
