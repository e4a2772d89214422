/** `npm start`: installs and builds what is missing, serves the page on loopback and prints its address. */
import './node-version.mjs';
import { installAndBuild } from './build.mjs';
import { page } from './paths.mjs';
import { fail } from './say.mjs';
import { serve } from './serve.mjs';

const asked = process.env.PORT ?? '4173';
if (!/^\d{1,5}$/.test(asked) || Number(asked) > 65535)
  fail(`ohmba: PORT is "${asked}"; expected a number from 0 to 65535: correct or unset it`);

await installAndBuild(['page']);
const { url, close } = await serve(page, Number(asked));
process.stdout.write(`ohmba: open ${url} in a browser (Ctrl+C ends)\n`);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, async () => {
    await close();
    process.exit(0);
  });
