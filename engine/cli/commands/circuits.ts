import type { CircuitDefinition } from '../../api/circuit';
import { formatQuantity } from '../../base';
import { findCircuit, pluginCatalogue } from '../catalogue';
import { defineCommand } from '../command';
import { flag } from '../options';
import { oneWord } from '../sizing';
import { formatTable } from '../table';

export const circuits = defineCommand({
  name: 'circuits',
  usage: 'circuits [CIRCUIT]',
  summary: 'lists the circuits that ship; shows parameters and specs of one',
  options: { json: { type: flag, value: false, help: 'one line of JSON' } },
  async run(words, { json }, terminal) {
    if (words.length > 0) {
      const circuit = await findCircuit(oneWord('circuits', words, 'circuit'));
      terminal.out(json ? `${JSON.stringify(asJson(circuit))}\n` : describe(circuit));
      return 0;
    }
    const all = [...(await pluginCatalogue()).circuits.values()];
    terminal.out(json ? `${JSON.stringify(all.map(asJson))}\n` : list(all));
    return 0;
  },
});

function asJson({ id, title, description, process, parameters, specs }: CircuitDefinition): object {
  const { library, section, supply, temperature } = process;
  return {
    id,
    title,
    description,
    process: { library, section, supply, temperature },
    parameters: parameters.map(({ name, title, unit, minimum, maximum, initial }) => ({
      name,
      title,
      unit,
      minimum,
      maximum,
      initial,
    })),
    specs: specs.map(({ name, title, unit, direction, target }) => ({ name, title, unit, direction, target })),
  };
}

const right = (title: string) => ({ title, align: 'right' as const });

function list(all: readonly CircuitDefinition[]): string {
  const rows = all.map((circuit) => [
    circuit.id,
    String(circuit.parameters.length),
    String(circuit.specs.length),
    conditions(circuit),
    circuit.title,
  ]);
  const columns = [{ title: 'circuit' }, right('parameters'), right('specs'), { title: 'process' }, { title: '' }];
  return `${formatTable(columns, rows)}\nParameters and specs of one: ohmba circuits ${all[0]?.id ?? 'CIRCUIT'}\n`;
}

function conditions({ process: { library, supply } }: CircuitDefinition): string {
  return `${library}, ${formatQuantity(supply, 'V', 2)}`;
}

function describe(circuit: CircuitDefinition): string {
  const parameters = circuit.parameters.map(({ name, title, unit, minimum, maximum, initial }) => [
    name,
    ...[minimum, maximum, initial].map((value) => formatQuantity(value, unit)),
    title,
  ]);
  const specs = circuit.specs.map(({ name, title, unit, direction, target }) => [
    name,
    `${direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(target, unit)}`,
    title,
  ]);
  return [
    `${circuit.id}: ${circuit.title} (${conditions(circuit)})\n${circuit.description}\n`,
    formatTable([{ title: 'parameter' }, right('lowest'), right('highest'), right('start'), { title: '' }], parameters),
    formatTable([{ title: 'spec' }, right('target'), { title: '' }], specs),
  ].join('\n');
}
