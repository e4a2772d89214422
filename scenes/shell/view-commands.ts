/** Commands of the frame itself, and the address that follows the view. */
import { createPalette } from '../theme/palette';
import type { ThemeName } from '../theme/tokens';
import { applyTokens, THEMES } from '../theme/tokens';
import type { Preset, Studio } from './scene';
import type { ViewState } from './view-state';
import { formatView } from './view-state';

export function registerViewCommands(
  studio: Studio,
  presets: readonly Preset[],
  show: (preset: Preset) => void,
  systemTheme: () => ThemeName,
): void {
  const change = (part: Partial<ViewState>) => studio.view.set({ ...studio.view.value, ...part });
  const paint = () => {
    const name = studio.view.value.theme ?? systemTheme();
    if (document.documentElement.dataset.theme === name) return;
    applyTokens(document.documentElement, name);
    studio.palette.set(createPalette(THEMES[name]));
  };
  studio.commands.register(
    {
      id: 'view.theme',
      title: 'Dark or light',
      group: 'View',
      keys: ['t'],
      run: () => change({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' }),
    },
    {
      id: 'view.escape',
      title: 'Let the selection go',
      group: 'View',
      keys: ['Escape'],
      run: () => studio.selected.set(null),
    },
    {
      id: 'view.copy-link',
      title: 'Copy a link to this view',
      group: 'View',
      run: () => {
        navigator.clipboard.writeText(location.href).catch(() =>
          studio.report({
            id: 'clipboard',
            level: 'warning',
            title: 'The browser did not let the page write to the clipboard.',
            remedy: 'Copy the address from the address bar: it holds the whole view.',
          }),
        );
      },
    },
    ...presets.map((preset) => ({
      id: `view.preset.${preset.id}`,
      title: `Layout: ${preset.title}`,
      group: 'View',
      run: () => {
        change({ preset: preset.id });
        show(preset);
      },
    })),
  );
  studio.selected.subscribe((selected) => change({ selected }));
  studio.view.subscribe((view) => {
    history.replaceState(null, '', `${location.pathname}${formatView(view)}`);
    paint();
  });
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', paint);
}
