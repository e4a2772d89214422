/** Path of a Chromium-based browser, or null. */
export function findBrowser(): string | null;
export function ensureBrowser(): string | null;
