/** What can be done on the wall with keys and by the palette. */
import type { CommandDefinition } from '../shell/commands';
import type { Look } from '../shell/view-state';
import type { FilterName, GroupName, SortName } from './arrange';
import { FILTERS, GROUPS, SORTS } from './arrange';

export interface WallActions {
  setLook(change: Look): void;
  openHardest(): void;
  showAll(): void;
  zoom(factor: number): void;
  /** Selects a neighbour of the selected tile. */
  move(dx: number, dy: number): void;
}

export function createWallCommands({ setLook, openHardest, showAll, zoom, move }: WallActions): readonly CommandDefinition[] {
  const command = (id: string, title: string, keys: readonly string[], run: () => void): CommandDefinition => ({
    id: `wall.${id}`,
    title,
    group: 'Wall',
    keys,
    run,
  });
  const choices = <T extends string>(words: string, key: string, options: Readonly<Record<T, string>>) =>
    (Object.keys(options) as T[]).map((value) =>
      command(`${key}-${value}`, `${words}: ${options[value].toLowerCase()}`, [], () => setLook({ [key]: value })),
    );
  return [
    ...choices<GroupName>('Group tiles by', 'group', GROUPS),
    ...choices<SortName>('Sort tiles by', 'sort', SORTS),
    ...choices<FilterName>('Show tiles', 'tiles', FILTERS),
    command('hardest', 'Plots of the hardest spec', ['h'], openHardest),
    command('fit', 'Show all tiles', ['0'], showAll),
    command('zoom-in', 'Zoom in', ['+', '='], () => zoom(1.25)),
    command('zoom-out', 'Zoom out', ['-'], () => zoom(0.8)),
    command('select-left', 'Select the tile to the left', ['ArrowLeft'], () => move(-1, 0)),
    command('select-right', 'Select the tile to the right', ['ArrowRight'], () => move(1, 0)),
    command('select-up', 'Select the tile above', ['ArrowUp'], () => move(0, -1)),
    command('select-down', 'Select the tile below', ['ArrowDown'], () => move(0, 1)),
  ];
}
