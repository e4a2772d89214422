/** Commands of the frame itself. */
import { createPalette } from '../theme/palette';
import type { ThemeName } from '../theme/tokens';
import { applyTokens, THEMES } from '../theme/tokens';
import type { Preset, Studio } from './scene';
import type { ViewState } from './view-state';

export function registerViewCommands(
  studio: Studio,
  presets: readonly Preset[],
  use: (preset: Preset) => void,
  systemTheme: () => ThemeName,
): void {
  const change = (part: Partial<ViewState>) => studio.view.set({ ...studio.view.value, ...part });
  const paint = () => {
    const name = studio.view.value.theme ?? systemTheme();
    if (document.documentElement.dataset.theme === name) return;
    applyTokens(document.documentElement, name);
    studio.palette.set(createPalette(THEMES[name]));
  };
  studio.commands.register([
    {
      id: 'view.theme',
      title: 'Dark or light',
      group: 'View',
      keys: ['t'],
      run: () => change({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' }),
    },
    {
      id: 'view.escape',
      title: 'Let the selection go, then the brushes',
      group: 'View',
      keys: ['Escape'],
      run: () => (studio.selected.value === null ? studio.brushes.set([]) : studio.selected.set(null)),
    },
    {
      id: 'view.copy-link',
      title: 'Copy a link to this view',
      group: 'View',
      run: () => copyText(studio, location.href),
    },
    ...presets.map((preset, i) => ({
      id: `view.preset.${preset.id}`,
      title: `Layout: ${preset.title}`,
      group: 'View',
      keys: [String(i + 1)],
      run: () => {
        change({ preset: preset.id, scene: null });
        use(preset);
      },
    })),
  ]);
  studio.view.subscribe(paint);
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', paint);
}

/** Puts text on the clipboard, or says why it could not. @returns whether it is there */
export async function copyText(studio: Studio, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    studio.report({
      id: 'clipboard',
      level: 'warning',
      title: 'The browser did not let the page write to the clipboard.',
      remedy: 'Allow it for this address, or select and copy the text below.',
      detail: text,
    });
    return false;
  }
}
