import { expect, it } from 'vitest';
import { killAgainAndAgain } from './kill.mjs';

it('kill -9 at random moments loses nothing, and the run that goes on is the uninterrupted one', async () => {
  const told = await killAgainAndAgain({ times: 3, budget: 60 });
  expect(told.kills).toBe(3);
  expect(told.finished).toBeGreaterThan(0);
}, 120_000);
