/** Every scene of the page on synthetic data, in one page: drawn, readable, linked, by keyboard, without a console error. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seriousViolations } from './axe';
import { browserPath, countColours, openStudio, queryOf, type Studio, settled } from './harness';

const START = '?source=synthetic&circuits=two-stage-opamp,strongarm-comparator&theme=dark';

describe.skipIf(!browserPath)('scenes', { timeout: 60_000 }, () => {
  let studio: Studio;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    studio = await openStudio();
    ({ page, problems } = await studio.open(START, { width: 1440, height: 900 }));
    await page.locator('.wall-canvas[data-level] canvas').waitFor();
  }, 180_000);
  afterAll(() => studio?.close());
  beforeEach(() => problems.splice(0));

  /** Runs a command as a person would: by its title in the palette. */
  async function command(title: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command' }).fill(title);
    await page.keyboard.press('Enter');
  }
  /** Colours in a part of the page: a blank one has a few only. */
  async function coloursOf(selector: string): Promise<number> {
    const box = await page.locator(selector).first().boundingBox();
    if (!box) throw new Error(`${selector} has no place on the page`);
    return (await countColours(page, box)).colours;
  }
  const colourful = (selector: string, least: number) => expect.poll(() => coloursOf(selector)).toBeGreaterThan(least);
  const text = async (of: Locator) => (await of.textContent()) ?? '';
  const query = (name: string) => queryOf(page, name);
  /** Nothing comes in from then on: what the pointer is to find stays where it is. */
  async function standStill(points: Locator): Promise<void> {
    await page.keyboard.press(' ');
    await page.locator('.run-state[data-state="paused"]').waitFor();
    await settled(() => points.getAttribute('data-points'));
    await expect.poll(() => points.getAttribute('data-settled')).toBe('true');
  }
  /** Moves the pointer over a part of the page until a point is lit, and leaves it there. */
  async function pointAtSomething(points: Locator, place: (i: number) => readonly [number, number], most: number): Promise<void> {
    for (let i = 0; i < most; i++) {
      await page.mouse.move(...place(i));
      // What is lit is told by the frame that draws it.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      if (/^\d+$/.test((await points.getAttribute('data-hovered')) ?? '')) return;
    }
    throw new Error(`no point is lit at any of ${most} places`);
  }
  /** What every scene owes: no serious violation in either theme, nothing on the console. */
  async function sound(): Promise<void> {
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('t');
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('t');
    expect(problems).toEqual([]);
  }

  it('wall: grouped, sorted and filtered, kept in the address; the hardest spec in words, and its plots by one key', async () => {
    const wall = (blocks: number) => page.locator(`.wall-canvas[data-blocks="${blocks}"]`).waitFor();
    const look = () => query('look');
    await wall(2);
    await page.locator('.wall-head [data-choice="none"]').click();
    await wall(1);
    await command('sort tiles by: reward');
    await expect.poll(look).toBe('group~none,sort~reward');
    await page.locator('.wall-head select').selectOption('strongarm-comparator');
    await command('group tiles by: circuit');
    await wall(1);
    await colourful('.wall-canvas', 20);
    await page.waitForFunction(() => /now: .+ of .+, wanted is/.test(document.querySelector('.hardest')?.textContent ?? ''));
    await sound();
    await page.locator('.wall-head select').selectOption('all');
    await wall(2);
    await page.locator('.wall-head [data-choice="number"]').click();
    await expect.poll(look).toBeNull();
    await page.locator('.wall-canvas').focus();
    await page.keyboard.press('h');
    await page.locator('[data-plot="ac-magnitude"] canvas, .bench .wave-host canvas').first().waitFor();
    await command('show wall');
  });

  it('training: charts of all circuits, over time or simulations, zoomed and followed again', async () => {
    await command('show training');
    await expect.poll(() => query('scene')).toBe('training');
    await page.locator('[data-chart="metric-model-error"] .chip-value').nth(1).waitFor();
    await page.waitForFunction(() => document.querySelector('[data-chart="reward"] .chip-value')?.textContent !== '—');
    await colourful('[data-chart="reward"] .chart-plot', 20);
    await expect.poll(() => page.locator('[data-chart="distance"] .chart-legend li').count()).toBe(6);
    for (const chart of ['training', 'queue', 'cache-hits', 'evaluation'])
      await page.locator(`[data-chart="${chart}"]`).waitFor();
    await expect.poll(() => text(page.locator('.happenings li .mark-number').first())).toMatch(/^\d+$/);
    // Made when it is seen; what it says is told before.
    const below = page.locator('[data-chart="metric-model-error"]');
    expect(await below.locator('canvas').count()).toBe(0);
    await expect.poll(() => text(below.locator('.chip-value').first())).toMatch(/\d/);
    await below.scrollIntoViewIfNeeded();
    await below.locator('canvas').waitFor();
    await page.locator('[data-chart="reward"]').scrollIntoViewIfNeeded();
    await page.locator('[data-choice="simulations"]').click();
    await page.locator('[data-choice="simulations"][aria-pressed="true"]').waitFor();
    const plot = await page.locator('[data-chart="success"] .u-over').boundingBox();
    if (!plot) throw new Error('the chart has no place on the page');
    await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 20);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.6, plot.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Follow the newest' }).waitFor();
    await page.keyboard.press('0');
    await page.getByRole('button', { name: 'Follow the newest' }).waitFor({ state: 'hidden' });
    await sound();
  });

  it('bench: from the hardest spec to its Bode plot by one click; sizings by hand are simulated at once', async () => {
    await page
      .locator('[data-circuit="two-stage-opamp"]')
      .getByRole('button', { name: /^Plots/ })
      .click();
    const measured = () => page.locator('.bench .specs').first().textContent();
    await page.locator('.bench-status[data-level]').waitFor();
    await page.locator('[data-plot="ac-phase"] canvas').waitFor();
    await colourful('[data-plot="ac-magnitude"] .wave-host', 20);
    const before = await measured();
    await page.locator('[data-command="bench.pin"]').click();
    await page.locator('.pins-table thead', { hasText: 'Pin 1' }).waitFor();
    const slider = page.locator('[data-parameter="wn1"]');
    for (let i = 0; i < 12; i++) await slider.press('PageUp');
    await expect.poll(measured).not.toBe(before);
    await page.locator('.bench-head', { hasText: 'by hand' }).waitFor();
    // Each result makes the plots anew: the last one has come before a key is meant for one of them.
    await settled(measured);
    await page.locator('.bench:not([data-busy])').waitFor();
    await page.locator('.pins-table tbody', { hasText: 'wn1' }).waitFor();
    const cursor = page.locator('[data-plot="ac-magnitude"] tbody tr').first().locator('td');
    const a = await cursor.first().textContent();
    await page.locator('[data-plot="ac-magnitude"] .wave-host').press('ArrowRight');
    await expect.poll(() => cursor.first().textContent()).not.toBe(a);
    // Both plots of an analysis share their cursors.
    const other = page.locator('[data-plot="ac-phase"] tbody td').first();
    await expect.poll(async () => (await text(other)) === (await text(cursor.first()))).toBe(true);
    await page.locator('[data-plot="ac-phase"] .wave-host').press('Shift+ArrowRight');
    await expect.poll(() => text(cursor.nth(2))).toContain('dec');
    // A number is read as on the command line, or refused with its range; the field never shows what was not simulated.
    const field = page.getByRole('textbox', { name: /^.+, value$/ }).first();
    await field.fill('20');
    await field.press('Enter');
    await expect.poll(() => field.inputValue()).toBe('20.0 µm');
    expect(await slider.getAttribute('aria-valuetext')).toBe('20.0 µm');
    await field.fill('20 mm');
    await field.press('Enter');
    await page.locator('.sizing-fault', { hasText: 'outside its range' }).waitFor();
    await field.blur();
    expect(await field.inputValue()).toBe('20.0 µm');
    await page.locator('[data-command="bench.copy-netlist"]').click();
    await page.locator('.copied', { hasText: /^Netlist (copied|could not be copied)\.$/ }).waitFor();
    await page.locator('[data-command="bench.corners"]').click();
    await page.locator('.bench .conditions-table tbody tr').nth(5).filter({ hasText: /\d\/9/ }).waitFor();
    await page.locator('[data-command="bench.yield"]').click();
    await page.locator('[data-command="bench.stop-conditions"]').click();
    await page.locator('.bench .conditions[data-busy="false"]').waitFor();
    await page.locator('.bench .conditions [role="status"]', { hasText: 'Stopped.' }).waitFor();
    await sound();
  });

  it('bench: another circuit is chosen from its list or by a command, and brings nothing of the one before', async () => {
    const choice = page.getByRole('combobox', { name: 'Circuit on the bench' });
    await choice.selectOption('strongarm-comparator');
    await page.locator('.bench .specs', { hasText: /delay/i }).first().waitFor();
    await expect.poll(() => query('circuit')).toBe('strongarm-comparator');
    expect(await page.locator('.bench .pins-table').count()).toBe(0);
    await command('On the bench: Two-stage');
    await page.locator('[data-plot="ac-phase"] canvas').waitFor();
    expect(await choice.inputValue()).toBe('two-stage-opamp');
    await sound();
  });

  it('timeline: looks back at a tick while training goes on, and comes back to live with one key', async () => {
    await command('show timeline');
    await page.locator('.timeline-status[data-live="true"]').waitFor();
    for (let i = 0; i < 5; i++) await page.keyboard.press(',');
    await page.locator('.timeline-status[data-live="false"]').waitFor();
    await page.locator('.run-state[data-state="past"]').waitFor();
    const tick = () => page.locator('.status-number').textContent();
    const time = Number(await query('time'));
    expect(time).toBeGreaterThan(0);
    await expect.poll(async () => Number((await tick())?.replace(/·.*|\D/g, ''))).toBe(time);
    const held = await tick();
    await page.waitForTimeout(700);
    expect(await tick()).toBe(held);
    await expect.poll(() => page.locator('.phase-table tbody tr').count()).toBe(9);
    await sound();
    await page.keyboard.press('l');
    await page.locator('.run-state[data-state="live"]').waitFor();
    await expect.poll(() => query('time')).toBeNull();
  });

  it('plug-ins and entities: lists with states and reasons, in their layout', async () => {
    await page.keyboard.press('3');
    await page.locator('.circuits-table tbody tr').nth(1).waitFor();
    await page.waitForFunction(() => document.querySelector('.circuits-table [data-present="true"]') !== null);
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: 'circuit.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
    await page.locator('.drop-status[data-level="error"]').waitFor();
    await sound();
    await command('show entities');
    await page.locator('[data-component="Outcome"] dd').first().waitFor();
    await sound();
    await page.keyboard.press('1');
    // As it was left: with the timeline in front.
    await page.locator('.main[data-preset="watch"] .timeline-status').waitFor();
  });

  it('exploration: four linked views, brushes by pointer and keys, and an address that brings it all back', async () => {
    await command('show exploration');
    const scene = page.locator('.exploration .points-area');
    const filtered = () =>
      page.waitForFunction(() => {
        const { passing, points } = document.querySelector<HTMLElement>('.points-area')?.dataset ?? {};
        return Number(points) > 40 && Number(passing) < Number(points);
      });
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('.points-area')?.dataset.points) > 40);
    await standStill(scene);
    for (const view of ['parallel', 'map', 'pareto', 'coverage']) await colourful(`[data-view="${view}"]`, 30);

    const map = await page.locator('[data-view="map"]').boundingBox();
    if (!map) throw new Error('the map has no place on the page');
    await pointAtSomething(
      scene,
      (i) => [map.x + map.width * (0.3 + 0.4 * ((i * 0.618) % 1)), map.y + map.height * (0.3 + 0.4 * (i / 60))],
      60,
    );
    await page.locator('.point-tip', { hasText: 'measured' }).waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForFunction(() => /two-stage-opamp:\d+/.test(location.search));
    await page.mouse.move(map.x + map.width / 2, map.y - 40);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.panel-title')].some((title) => /^Point \d+$/.test(title.textContent ?? '')),
    );

    // The same as on the bench, for what is selected.
    await page.locator('[data-command="inspector.corners"]').click();
    await page.locator('.inspector-more .conditions-table tbody tr').nth(5).filter({ hasText: /\d\/9/ }).waitFor();
    await page.locator('.inspector-more h3', { hasText: /point \d+/ }).waitFor();

    const head = page.locator('[data-axis="p.wn1"]');
    await head.focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => query('brush')).toContain('~p.wn1~');
    await filtered();
    await page.keyboard.press('Delete');
    await expect.poll(() => query('brush')).toBeNull();
    const axis = await page.locator('[data-axis="m.gain"]').boundingBox();
    if (!axis) throw new Error('the axis has no place on the page');
    const x = axis.x + axis.width / 2;
    await page.mouse.move(x, axis.y + 60);
    await page.mouse.down();
    await page.mouse.move(x, axis.y + 130, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => query('brush')).toContain('~m.gain~');

    await command('colour points by: reward');
    await page.locator('.exploration [data-choice="reward"][aria-pressed="true"]').waitFor();
    await sound();
    await page.goto(await page.evaluate(() => location.href));
    await filtered();
    expect([await query('look'), await query('scene')]).toEqual(['colour~reward', 'exploration']);
    await page.locator('[data-axis="m.gain"][data-brushed="true"]').waitFor();
    await page.goto(new URL(START, studio.url).href);
    await page.locator('.points-area canvas').waitFor();
  });

  it('imagined: predictions beside results by measure, over time, by region and along the episode of a point', async () => {
    await command('show imagined');
    const scene = page.locator('.imagined .points-area');
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('.imagined .points-area')?.dataset.points) > 40);
    await standStill(scene);
    for (const view of ['beliefs', 'calibration', 'time', 'region']) await colourful(`.imagined [data-view="${view}"]`, 20);
    const box = await page.locator('.imagined [data-view="beliefs"]').boundingBox();
    if (!box) throw new Error('the panels have no place on the page');
    await pointAtSomething(
      scene,
      (i) => [box.x + box.width * (0.06 + 0.24 * (i / 80)), box.y + box.height * (0.1 + 0.3 * ((i * 0.618) % 1))],
      80,
    );
    const episode = page.locator('.imagined [data-view="episode"]');
    const before = await episode.screenshot();
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForFunction(() => /selected=[a-z-]+:\d+/.test(location.search));
    // Its imagined rollout comes beside the episode that pointing at it had shown.
    await expect.poll(async () => before.equals(await episode.screenshot())).toBe(false);
    await command('imagined: calibration');
    await page.locator('.imagined [data-view="beliefs"]').waitFor({ state: 'hidden' });
    await expect.poll(() => query('look')).toContain('imagined~calibration');
    await command('imagined: all');
    await sound();
  });

  it('lens: tokens, policy and what is expected, step by step through the episode of the selected point', async () => {
    await page.goto(new URL(`${START}&scene=lens&points=300&selected=two-stage-opamp:130`, studio.url).href);
    const lens = page.locator('.lens[data-shown="true"]');
    await lens.waitFor();
    await expect.poll(() => page.locator('.lens-tokens tbody tr').count()).toBe(7 + 6 + 2);
    await expect.poll(() => page.locator('.lens-policy tbody tr').count()).toBe(7);
    await expect.poll(() => text(lens)).toContain('critics expect');
    const selects = (point: number) =>
      page.waitForFunction((wanted) => location.search.includes(wanted), `two-stage-opamp:${point}`);
    await command('step on through the episode');
    await selects(146);
    await command('step back through the episode');
    await selects(130);
    await sound();
  });
});
