import { defineCommand } from '../command';
import { findRun } from '../runs/find-run';
import { goOn, goOnOptions } from '../runs/go-on';
import { oneWord } from '../sizing';

export const resume = defineCommand({
  name: 'resume',
  usage: 'resume RUN [options]',
  summary: 'goes on with a recorded run where it was stopped, as if it had not been',
  options: goOnOptions,
  run: (words, values, terminal) => goOn(findRun(oneWord('resume', words, 'run')), values, terminal),
});
