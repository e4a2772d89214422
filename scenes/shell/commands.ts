/**
 * Every action of the studio is a command with a stable id: buttons, keys, the palette and tests all run the same one.
 */
export interface CommandDefinition {
  /** Stable and dotted: `run.step`. */
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Keys as KeyboardEvent.key gives them, `ctrl+` in front where needed (⌘ counts as ctrl). */
  readonly keys?: readonly string[];
  /** Why it cannot run now, in words; null where it can. */
  unavailable?(): string | null;
  run(): void;
}

export interface CommandRegistry {
  /**
   * Throws where the id is taken, or a key within the scope. Returns what takes the commands out again.
   * @param scope id of the scene that they belong to; keys of other scenes may be the same
   */
  register(definitions: readonly CommandDefinition[], scope?: string): () => void;
  list(): readonly CommandDefinition[];
  /** True where a command of that id ran. */
  run(id: string): boolean;
  /** The scene that was last used: its keys come first. */
  focus(scope: string | null): void;
  forKey(key: string): CommandDefinition | undefined;
}

interface Entry {
  readonly command: CommandDefinition;
  readonly scope: string | null;
}

export function createCommandRegistry(): CommandRegistry {
  const byId = new Map<string, Entry>();
  let focused: string | null = null;
  const owners = (key: string) => [...byId.values()].filter(({ command }) => command.keys?.includes(key));

  return {
    register(definitions, scope) {
      const own = scope ?? null;
      for (const command of definitions) {
        if (byId.has(command.id)) {
          throw new Error(`Command "${command.id}" is registered twice: give one of the two another id.`);
        }
        for (const key of command.keys ?? []) {
          const owner = owners(key).find((entry) => entry.scope === own);
          if (owner) throw new Error(`Key "${key}" of command "${command.id}" already belongs to "${owner.command.id}".`);
        }
        byId.set(command.id, { command, scope: own });
      }
      return () => {
        for (const { id } of definitions) byId.delete(id);
      };
    },
    list: () => [...byId.values()].map(({ command }) => command),
    run(id) {
      const command = byId.get(id)?.command;
      if (!command || (command.unavailable?.() ?? null) !== null) return false;
      command.run();
      return true;
    },
    focus(scope) {
      focused = scope;
    },
    forKey(key) {
      const all = owners(key);
      // A key that only one scene wants need not wait for it to be used.
      const chosen = all.find(({ scope }) => scope === focused) ?? all.find(({ scope }) => scope === null) ?? all[0];
      return chosen?.command;
    },
  };
}

/** The name under which a key press is looked up. */
export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key;
}

/** How a key is shown to a person. */
export function keyLabel(key: string): string {
  const names: Readonly<Record<string, string>> = {
    ' ': 'Space',
    Escape: 'Esc',
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
  };
  return key
    .split(/(?<=ctrl)\+/)
    .map((part) => (part === 'ctrl' ? 'Ctrl' : (names[part] ?? (part.length === 1 ? part.toUpperCase() : part))))
    .join(' ');
}

/**
 * Ranks commands by a typed query: the letters in order, better where they start words or stand together.
 */
export function searchCommands(commands: readonly CommandDefinition[], query: string): readonly CommandDefinition[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return commands;
  return commands
    .map((command) => ({
      command,
      score: subsequenceScore(`${command.title} ${command.group} ${command.id}`.toLowerCase(), wanted),
    }))
    .filter((entry) => entry.score > 0)
    .sort((a, b) => b.score - a.score)
    .map((entry) => entry.command);
}

function subsequenceScore(text: string, wanted: string): number {
  const whole = text.indexOf(wanted);
  if (whole >= 0) return 1000 - whole;
  let score = 1;
  let at = -1;
  for (const letter of wanted) {
    if (letter === ' ') continue;
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return 0;
    if (next === at + 1) score += 3;
    if (next === 0 || text[next - 1] === ' ') score += 5;
    at = next;
  }
  return score;
}
