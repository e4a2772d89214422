import { describe, expect, it, vi } from 'vitest';
import { createCommandRegistry, keyLabel, keyName, searchCommands } from '../../scenes/shell/commands';
import { isForControl } from '../../scenes/shell/keyboard';
import { neighbouringSpeed, SPEEDS } from '../../scenes/shell/transport';

const command = (id: string, title: string, keys: readonly string[] = []) => ({ id, title, group: 'Test', keys, run: vi.fn() });

describe('command registry', () => {
  it('runs by id and by key, and says where it could not', () => {
    const registry = createCommandRegistry();
    const step = command('run.step', 'Step', ['.']);
    registry.register([step]);
    expect(registry.run('run.step')).toBe(true);
    expect(registry.forKey('.')).toBe(step);
    expect(step.run).toHaveBeenCalledOnce();
    expect(registry.run('run.nothing')).toBe(false);
  });
  it('does not run what is unavailable', () => {
    const registry = createCommandRegistry();
    const play = { ...command('run.play', 'Play'), unavailable: () => 'not started' };
    registry.register([play]);
    expect(registry.run('run.play')).toBe(false);
    expect(play.run).not.toHaveBeenCalled();
  });
  it('refuses a taken id and a taken key', () => {
    const registry = createCommandRegistry();
    registry.register([command('a', 'A', ['x'])]);
    expect(() => registry.register([command('a', 'B')])).toThrow('"a" is registered twice');
    expect(() => registry.register([command('b', 'B', ['x'])])).toThrow('already belongs to "a"');
  });
  it('lets a scene take its commands out again', () => {
    const registry = createCommandRegistry();
    const undo = registry.register([command('a', 'A', ['x'])]);
    undo();
    expect(registry.list()).toEqual([]);
    expect(registry.forKey('x')).toBeUndefined();
  });
  it('gives a key that two scenes want to the one last used', () => {
    const registry = createCommandRegistry();
    const [wall, map, global] = [command('wall.fit', 'W', ['0']), command('map.fit', 'M', ['0']), command('g', 'G', ['g'])];
    registry.register([wall], 'wall');
    registry.register([map], 'map');
    registry.register([global]);
    registry.focus('map');
    expect(registry.forKey('0')).toBe(map);
    registry.focus('wall');
    expect(registry.forKey('0')).toBe(wall);
    expect(registry.forKey('g')).toBe(global);
    expect(() => registry.register([command('wall.other', 'O', ['0'])], 'wall')).toThrow('already belongs to "wall.fit"');
  });
});

describe('keys', () => {
  it('names a press', () => {
    expect(keyName({ key: 'K', ctrlKey: true, metaKey: false })).toBe('ctrl+k');
    expect(keyName({ key: 'k', ctrlKey: false, metaKey: true })).toBe('ctrl+k');
    expect(keyName({ key: ' ', ctrlKey: false, metaKey: false })).toBe(' ');
    expect(keyName({ key: 'Escape', ctrlKey: false, metaKey: false })).toBe('Escape');
  });
  it('shows them to people', () => {
    expect([' ', 'ctrl+k', 'Escape', '+', 'ArrowUp'].map(keyLabel)).toEqual(['Space', 'Ctrl K', 'Esc', '+', '↑']);
  });
});

describe('keys on a control', () => {
  it('are its own where it takes text or moves by them, and run commands elsewhere', () => {
    const own = (tag: string, type: string) =>
      ['p', ' ', 'ArrowLeft', 'PageUp', 'ctrl+k'].filter((key) => isForControl(key, tag, type));
    expect(own('input', 'text')).toEqual(['p', ' ', 'ArrowLeft', 'PageUp']);
    expect(own('select', 'text')).toEqual(['p', ' ', 'ArrowLeft', 'PageUp']);
    expect(own('input', 'range')).toEqual([' ', 'ArrowLeft', 'PageUp']);
    expect(own('input', 'checkbox')).toEqual([' ', 'ArrowLeft', 'PageUp']);
    expect(own('div', 'text')).toEqual([]);
  });
});

describe('palette search', () => {
  const commands = [
    command('run.toggle', 'Play or pause'),
    command('view.palette', 'Command palette'),
    command('wall.fit', 'Show all tiles'),
  ];
  it('finds by letters in order, best first', () => {
    expect(searchCommands(commands, 'pause').map((c) => c.id)).toEqual(['run.toggle']);
    expect(searchCommands(commands, 'pal')[0].id).toBe('view.palette');
    expect(searchCommands(commands, 'sat')[0].id).toBe('wall.fit');
    expect(searchCommands(commands, 'zzz')).toEqual([]);
    expect(searchCommands(commands, ' ')).toHaveLength(3);
  });
});

describe('speeds', () => {
  it('walks the whole ladder and stops at both ends', () => {
    let speed = Number.POSITIVE_INFINITY;
    const seen: (number | null)[] = [null];
    for (let i = 0; i < SPEEDS.length + 2; i++) {
      const next = neighbouringSpeed(speed, -1);
      speed = next ?? Number.POSITIVE_INFINITY;
      if (seen.at(-1) !== next) seen.push(next);
    }
    expect(seen).toEqual([...SPEEDS].reverse());
    expect(neighbouringSpeed(20, 1)).toBeNull();
    expect(neighbouringSpeed(Number.POSITIVE_INFINITY, 1)).toBeNull();
    expect(neighbouringSpeed(7, 1)).toBe(10);
  });
});
