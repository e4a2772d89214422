import type { Page } from 'playwright-core';

export interface Picture {
  readonly name: string;
  readonly query: string;
  readonly ready: string;
}

export const PICTURES: readonly Picture[];
/** Ends with a slash. */
export const folder: string;
export const VIEWPORT: { readonly width: number; readonly height: number };
export function take(page: Page, base: string, picture: Picture): Promise<Buffer>;
export function compare(
  page: Page,
  a: Buffer,
  b: Buffer,
): Promise<{ readonly share: number; readonly difference: string | null }>;
