import { expect, it } from 'vitest';
import { fillDisk, killAgainAndAgain } from './kill.mjs';

it('kill -9 at random moments loses nothing, and the run that goes on is the uninterrupted one', async () => {
  const told = await killAgainAndAgain({ times: 3, budget: 60 });
  expect(told.kills).toBe(3);
  expect(told.finished).toBeGreaterThan(0);
}, 120_000);

it.runIf(process.platform !== 'win32')(
  'files that may not grow end a run with the reason, and it goes on where they may',
  async () => {
    const { code, output, same } = await fillDisk(160);
    expect(output).toMatch(/failed .*could not be written to the run store.*make room and resume the run/);
    expect(code).toBe(1);
    expect(same).toBe(true);
  },
  60_000,
);
