import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programOutput } from '../../engine/cli/run-program';
import { lastJson, runOhmba } from './run-ohmba';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohmba-check-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The example with one text of one of its files changed. */
async function changed(name: string, file: string, from: string, to: string): Promise<string> {
  const here = join(folder, name);
  await runOhmba(['new-circuit', here]);
  const path = join(here, file);
  const before = readFileSync(path, 'utf8');
  expect(before).toContain(from);
  writeFileSync(path, before.replace(from, to));
  return here;
}

const netlist = (name: string, from: string, to: string) => changed(name, 'amplifier.cir', from, to);
const M2 = 'm2 b inp tail 0 PTM180N';

describe('check of a netlist that ngspice cannot read', () => {
  test('names the model that is missing, and the line', async () => {
    const { code, out } = await runOhmba(['check', await netlist('model', M2, 'm2 b inp tail 0 PTM181N')]);
    expect(code).toBe(1);
    expect(out).toMatch(/cannot use line 10 of the netlist, "m2 .*": there is no model "ptm181n"/);
    expect(out).not.toMatch(/narrow the ranges|random sizings/);
  });

  test('names the line with a node too few', async () => {
    const ran = await runOhmba(['check', await netlist('node', M2, 'm2 b inp tail PTM180N'), '--json']);
    expect(lastJson(ran)).toMatchObject({ points: 0, simulations: 1 });
    expect(ran.out).toMatch(/line 10 of the netlist, .*not enough nodes/);
  });

  test('finds a value that is missing before anything runs', async () => {
    const { code, error } = await runOhmba(['check', await netlist('value', 'w={wtail} l=0.36u', 'l=0.36u w=')]);
    expect(code).toBe(2);
    expect(error).toMatch(/amplifier\.cir:13: w= has no value/);
  });
});

test('crosscheck with nothing valid on both compares nothing, and says so', async ({ skip }) => {
  if ((await programOutput('ngspice', ['--version'])) === null) skip('no ngspice on this machine');
  const here = await netlist('nothing', M2, 'm2 b inp tail 0 PTM181N');
  const { code, out } = await runOhmba(['crosscheck', here, '--points', '1']);
  expect(code).toBe(1);
  expect(out).toMatch(/Nothing could be compared/);
  expect(out).toMatch(/gain +— +0\.100 dB/);
});

test('check warns of a target that nothing comes near', async () => {
  const here = await changed('impossible', 'circuit.json', '"target": 1000 }', '"target": 1e6 }');
  const { code, out } = await runOhmba(['check', here, '--points', '5']);
  expect(code).toBe(0);
  expect(out).toMatch(/No sizing comes near the target of gain \(1.00e\+6 V\/V; the best is \d+ V\/V\)/);
  expect(out).not.toMatch(/target of supplyCurrent|Ready/);
});
