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
  /** Throws where the id or a key is taken. Returns what takes the command out again. */
  register(...definitions: readonly CommandDefinition[]): () => void;
  list(): readonly CommandDefinition[];
  /** True where a command of that id ran. */
  run(id: string): boolean;
  forKey(key: string): CommandDefinition | undefined;
}

export function createCommandRegistry(): CommandRegistry {
  const byId = new Map<string, CommandDefinition>();
  const byKey = new Map<string, CommandDefinition>();
  return {
    register(...definitions) {
      for (const definition of definitions) {
        if (byId.has(definition.id)) {
          throw new Error(`Command "${definition.id}" is registered twice: give one of the two another id.`);
        }
        for (const key of definition.keys ?? []) {
          const owner = byKey.get(key);
          if (owner) throw new Error(`Key "${key}" of command "${definition.id}" already belongs to "${owner.id}".`);
        }
        byId.set(definition.id, definition);
        for (const key of definition.keys ?? []) byKey.set(key, definition);
      }
      return () => {
        for (const definition of definitions) {
          byId.delete(definition.id);
          for (const key of definition.keys ?? []) byKey.delete(key);
        }
      };
    },
    list: () => [...byId.values()],
    run(id) {
      const command = byId.get(id);
      if (!command || (command.unavailable?.() ?? null) !== null) return false;
      command.run();
      return true;
    },
    forKey: (key) => byKey.get(key),
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
