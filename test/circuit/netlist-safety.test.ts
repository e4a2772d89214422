import { describe, expect, it } from 'vitest';
import type { CircuitDefinition } from '../../engine/api';
import { checkCircuit } from '../../engine/circuit';
import { twoStageOpamp } from '../../plugins/circuits/two-stage-opamp/definition';
import { divider } from './divider';

const withLine = (line: string): CircuitDefinition => ({ ...divider, netlist: `${divider.netlist}\n${line}` });
const withModels = (models: string): CircuitDefinition => ({ ...divider, process: { ...divider.process, models } });
const withAnalysis = (changes: object): CircuitDefinition => ({
  ...divider,
  analyses: [{ ...divider.analyses[0]!, ...changes }] as CircuitDefinition['analyses'],
});

describe('netlist safety', () => {
  it.each([
    '.control\nshell id\n.endc',
    '  .CONTROL',
    '.include /etc/passwd',
    '.inc other.cir',
    '.lib models.lib typical',
    '.save all',
    '.end',
    '*# shell id',
    '.model reader filesource (file="/etc/passwd")',
    '.model program\n+ d_process (process_file="/bin/sh")',
  ])('refuses %j in a netlist', (line) => {
    expect(() => checkCircuit(withLine(line))).toThrow(/line \d of its netlist/);
  });

  it('refuses files and commands in models, and takes cards', () => {
    expect(() => checkCircuit(withModels('.include /etc/passwd'))).toThrow(/line 1 of its models/);
    expect(() => checkCircuit(withModels('* a card\n.model d1 d (is=1e-14\n+ n=1)\n.control'))).toThrow(/line 4 of its/);
    expect(() => checkCircuit(withModels('.param k=2\n.model d1 d (is=1e-14)'))).not.toThrow();
  });

  it.each([
    { save: ['v(b)\nshell id', 'v(b)'] },
    { save: ['v(b)', 'v(b) > /tmp/x'] },
    { alter: { 'r2; shell id': 1 } },
    { alter: { r2: '1\nshell id' } },
    { options: { reltol: '1e-3; shell id' } },
  ])('refuses a command inside %j', (changes) => {
    expect(() => checkCircuit(withAnalysis(changes))).toThrow(/the analysis "op" has/);
  });

  it('refuses ids that would lead elsewhere', () => {
    expect(() => checkCircuit(withAnalysis({ id: '../op' }))).toThrow(/cannot be used/);
    expect(() => checkCircuit({ ...divider, id: '*ng_script\nshell id' })).toThrow(/cannot be used/);
  });

  it('takes the circuits that are shipped', () => {
    expect(() => checkCircuit(twoStageOpamp)).not.toThrow();
  });
});
