/** `npm start`: installs and builds what is missing, serves the page on loopback and prints its address. */
import './node-version.mjs';
import { parseArgs } from 'node:util';
import { installAndBuild } from './build.mjs';
import { page } from './paths.mjs';
import { fail } from './say.mjs';
import { serve } from './serve.mjs';

const USAGE = `npm start [-- --port N]

Serves the page on this machine alone and prints its address.

  --port N  4173 where left out, or what the environment's PORT says; one that is taken gives way to a free one
`;

const { port, help } = readArguments();
if (help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const asked = port ?? process.env.PORT ?? '4173';
if (!/^\d{1,5}$/.test(asked) || Number(asked) > 65535)
  fail(
    `ohmba: ${port === undefined ? 'PORT' : '--port'} is "${asked}"; expected a number from 0 to 65535: correct it or leave it out`,
  );

await installAndBuild(['page']);
const { url, close } = await serve(page, Number(asked));
process.stdout.write(`ohmba: open ${url} in a browser (Ctrl+C ends)\n`);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, async () => {
    await close();
    process.exit(0);
  });

function readArguments() {
  try {
    return parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    return fail(`ohmba: ${error.message.split('\n')[0]}; expected --port N or --help`);
  }
}
