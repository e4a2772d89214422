import { access, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exampleFiles } from '../../../plugins/example-files';
import schema from '../../circuit/files/circuit.schema.json?raw';
import { defineCommand } from '../command';
import { oneWord } from '../sizing';
import { usageError } from '../usage-error';

const ID = /^[A-Za-z0-9][\w-]*$/;

export const newCircuit = defineCommand({
  name: 'new-circuit',
  usage: 'new-circuit NAME',
  summary: 'writes a folder with a documented circuit to start from',
  options: {},
  async run(words, _, terminal) {
    const folder = oneWord('new-circuit', words, 'name');
    const id = basename(folder);
    if (!ID.test(id))
      throw usageError(
        `"${id}" cannot be a circuit's name`,
        'letters, digits, - and _',
        'choose another, for example my-amplifier',
      );
    if (await exists(folder))
      throw usageError(`${folder} is there already`, 'a name that is free', 'choose another, or remove it');
    await mkdir(folder, { recursive: true });
    const files: Record<string, string> = { ...exampleFiles, 'circuit.schema.json': schema };
    files['circuit.json'] = files['circuit.json']!.replace(/"id": "[^"]*"/, `"id": "${id}"`);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    terminal.out(
      `${folder} has ${Object.keys(files).sort().join(', ')}.\nREADME.md explains them; then: ohmba check ${folder}, ohmba train ${folder}\n`,
    );
    return 0;
  },
});

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
