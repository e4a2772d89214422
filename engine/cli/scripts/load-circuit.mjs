import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The circuit of plugins/circuits/NAME from its sources, through vite: nothing has to be built but dist/ohmba.mjs, whose
 * threads simulate. `load` has other modules of ours, by their path from the root; `close` ends vite.
 */
export async function loadCircuit(script, name) {
  if (!name) {
    console.error(`${script} was given no circuit; expected the name of a folder in plugins/circuits`);
    process.exit(2);
  }
  const vite = await createServer({
    configFile: false,
    root,
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false },
    appType: 'custom',
  });
  const load = (path) => vite.ssrLoadModule(`/${path}`);
  const { default: plugin } = await load(`plugins/circuits/${name}/index.ts`);
  let circuit;
  plugin.build({
    addCircuit(definition) {
      circuit ??= definition;
    },
  });
  return { circuit, load, close: () => vite.close() };
}
