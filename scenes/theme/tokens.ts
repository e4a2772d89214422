/**
 * Colours by meaning. Both themes are checked in test/scenes/theme.test.ts: text at least 4.5:1 on every surface it
 * stands on, marks at least 3:1, and the meanings stay apart for the three common kinds of colour blindness. Colour is
 * never the only channel: bars have a direction, states a shape.
 */
export type ThemeName = 'dark' | 'light';

export interface Tokens {
  /** Page, panels, raised controls, tile. */
  readonly background: string;
  readonly surface: string;
  readonly raised: string;
  readonly tile: string;
  /** Hairlines, and the track of a bar. */
  readonly line: string;
  readonly track: string;
  readonly text: string;
  readonly dim: string;
  readonly accent: string;
  /** A spec that holds, one that is missed. */
  readonly hold: string;
  readonly miss: string;
  /** States. */
  readonly met: string;
  readonly failed: string;
  readonly invalid: string;
  readonly simulating: string;
  readonly idle: string;
  /** Devices in the sizing strip. */
  readonly deviceN: string;
  readonly deviceP: string;
  readonly passive: string;
  /** Distance ramp of the far view: furthest, middle, nearest to target. */
  readonly far: string;
  readonly middle: string;
  readonly near: string;
  /** Marks drawn on top of the ramp. */
  readonly ink: string;
}

export const THEMES: Readonly<Record<ThemeName, Tokens>> = {
  dark: {
    background: '#0d1117',
    surface: '#131920',
    raised: '#1c242e',
    tile: '#161d26',
    line: '#2b3541',
    track: '#232d39',
    text: '#e4e9ef',
    dim: '#97a4b3',
    accent: '#6cb0ff',
    hold: '#4ba3f5',
    miss: '#f0953a',
    met: '#35cbd0',
    failed: '#f0609f',
    invalid: '#c79bf2',
    simulating: '#6cb0ff',
    idle: '#8593a3',
    deviceN: '#8fb4dc',
    deviceP: '#b7a1dd',
    passive: '#a9b4a0',
    far: '#2a2f45',
    middle: '#96503f',
    near: '#ffc46b',
    ink: '#0d1117',
  },
  light: {
    background: '#eef1f5',
    surface: '#ffffff',
    raised: '#f3f5f8',
    tile: '#ffffff',
    line: '#d3dae3',
    track: '#e3e8ee',
    text: '#18202b',
    dim: '#556272',
    accent: '#0a5fc4',
    hold: '#1769c2',
    miss: '#a34e00',
    met: '#00796b',
    failed: '#b81d69',
    invalid: '#7b3fb8',
    simulating: '#0a5fc4',
    idle: '#6b7887',
    deviceN: '#44719f',
    deviceP: '#7a5fae',
    passive: '#66735a',
    far: '#dfe2ec',
    middle: '#e6a06a',
    near: '#9c3f00',
    ink: '#ffffff',
  },
};

/** Writes the tokens as CSS custom properties: `--dim`, `--device-n`, ... */
export function applyTokens(root: HTMLElement, name: ThemeName): void {
  for (const [key, value] of Object.entries(THEMES[name])) {
    root.style.setProperty(`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
  root.style.colorScheme = name;
  root.dataset.theme = name;
}
