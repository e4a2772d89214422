import { describe, expect, it } from 'vitest';
import { checkUp } from '../../engine/circuit/check-up';
import schema from '../../engine/circuit/files/circuit.schema.json';
import { loadCircuit } from '../../engine/circuit/files/load-circuit';
import { MODEL_LIBRARIES } from '../../engine/circuit/process-models';
import { createInProcessSimulator } from '../../engine/circuit/simulators/in-process';
import { exampleFiles } from '../../plugins/example-files';

const JSON_TEXT = exampleFiles['circuit.json']!;
const NETLIST = exampleFiles['amplifier.cir']!;

/** The example with one text exchanged in one of its files. */
function changed(file: string, from: string, to: string) {
  expect(exampleFiles[file]).toContain(from);
  return () => loadCircuit({ ...exampleFiles, [file]: exampleFiles[file]!.replace(from, to) });
}

const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;

describe('a circuit of plain files', () => {
  it('gets what its file leaves out', () => {
    const circuit = loadCircuit(exampleFiles);
    expect(circuit.parameters.map(({ name, polarity, devices }) => [name, polarity, devices])).toEqual([
      ['wpair', 'n', ['m1', 'm2']],
      ['wmirror', 'p', ['m3', 'm4']],
      ['wtail', 'n', ['m5']],
      ['wbias', 'n', ['m6']],
      ['wout', 'p', ['m7']],
      ['wsink', 'n', ['m8']],
      ['cc', 'none', ['cc']],
      ['rz', 'none', ['rz']],
    ]);
    expect(circuit.parameters[0]).toMatchObject({ minimum: 0.5e-6, maximum: 100e-6, initial: 20e-6, scale: 'log', unit: 'm' });
    const [gain, , phaseMargin] = circuit.specs;
    expect(gain).toMatchObject({ unit: 'V/V', target: 1000, transform: { scale: 'log', spread: 1 } });
    expect(gain!.range.easy).toBeLessThan(1000);
    expect(gain!.range.hard).toBeCloseTo(1000, 9);
    expect(phaseMargin).toMatchObject({ unit: 'deg', transform: { scale: 'linear', center: 60, spread: 40 } });
  });

  it('reads numbers as SPICE writes them, with the unit or without, and nothing that only looks like one', () => {
    const maximum = (text: string) =>
      changed('circuit.json', '"maximum": "200u"', `"maximum": "${text}"`)().parameters.find(({ name }) => name === 'wout')!
        .maximum;
    for (const text of ['200u', '200um', '200µ', '0.2m', '2e-4']) expect(maximum(text)).toBeCloseTo(2e-4, 12);
    for (const text of ['200uu', '200x', '200umm', '2e-4q'])
      expect(() => maximum(text)).toThrow(/circuit\.json:\d+: parameters\[4\]\.maximum is .*as SPICE writes it/);
  });

  it('is checked up: start, failures, ranges, dead parameters', async () => {
    const files = {
      ...exampleFiles,
      'circuit.json': JSON_TEXT.replace(
        '"parameters": [',
        '"parameters": [\n{ "name": "unused", "kind": "width", "minimum": "1u", "maximum": "9u", "initial": "2u" },',
      ),
    };
    const circuit = loadCircuit(files);
    const simulator = await createInProcessSimulator(() => performance.now());
    simulator.register(circuit);
    const result = await checkUp(circuit, simulator, { points: 8, seed: 3 });
    expect(result.start.evaluation.valid).toBe(true);
    expect(result.dead).toEqual(['unused']);
    expect(result.random.count).toBe(8);
    expect(result.simulations).toBe(1 + 8 + 2 * circuit.parameters.length);
    expect(result.ranges.gain!.maximum).toBeGreaterThanOrEqual(result.start.evaluation.measures[0]!);
  });
});

describe('what is wrong with a circuit of plain files', () => {
  it('is said with file, line, what was expected and what to do', () => {
    const cases: [file: string, from: string, to: string, line: string, message: RegExp][] = [
      [
        'circuit.json',
        '"kind": "gain",',
        '"kind": "gian",',
        '"name": "gain"',
        /specs\[0\]\.kind is "gian"; expected one of gain, /,
      ],
      [
        'circuit.json',
        '"target": "30meg"',
        '"goal": 1',
        '"name": "unityGainFrequency"',
        /specs\[1\] lacks "target"; expected an entry "target"/,
      ],
      [
        'circuit.json',
        '"initial": "1.5p"',
        '"initial": "15p"',
        '"name": "cc"',
        /"cc" starts at 1.5e-11; expected a value within its range/,
      ],
      [
        'circuit.json',
        '"minimum": 100,',
        '"minimum": "many",',
        '"name": "rz"',
        /minimum is "many"; expected a number, or one as SPICE writes it/,
      ],
      ['circuit.json', '"library": "ptm"', '"library": "ptn"', '"process"', /"ptn"; expected one of gf180/],
      [
        'circuit.json',
        '"use": "slew"',
        '"use": "slow"',
        '"slewRate": {',
        /"slow", which does not exist; expected one of meas, value/,
      ],
      ['circuit.json', '"use": "slew"', '"use": "constructor"', '"slewRate": {', /"constructor", which does not exist/],
      [
        'circuit.json',
        '"output": "v(out)", "low"',
        '"output": "v(x)", "low"',
        '"slewRate": {',
        /reads v\(x\), which step does not save/,
      ],
      [
        'circuit.json',
        '"netlist": "amplifier.cir"',
        '"netlist": "a.cir"',
        '"netlist":',
        /it names "a.cir", which is not in the folder/,
      ],
      ['circuit.json', '"use": "within",', '"use": "saturated",', '"use": "within"', /guards\[0\]/],
      ['amplifier.cir', 'w={wtail}', 'w={wtale}', 'm5 tail', /"wtale" is not defined.*known names: wpair/],
      ['amplifier.cir', 'cload out 0 5p', '.control', 'cload', /it is ".control"; expected devices and/],
    ];
    for (const [file, from, to, mark, message] of cases) {
      const line = lineOf(file === 'circuit.json' ? JSON_TEXT : NETLIST, mark);
      expect(changed(file, from, to), `${from} → ${to}`).toThrow(new RegExp(`^${file}:${line}: .*${message.source}`));
    }
  });

  it('is no fault where a person vouches for the netlist', () => {
    const files = { ...exampleFiles, 'amplifier.cir': `${NETLIST}\n.include /pdk/models.lib` };
    expect(() => loadCircuit(files)).toThrow(/it is ".include .*--simulator native --trust/);
    expect(loadCircuit(files, true)).toMatchObject({ trusted: true });
    // A file cannot vouch for itself.
    const claim = JSON_TEXT.replace('"process"', '"trusted": true,\n"process"');
    expect(() => loadCircuit({ ...files, 'circuit.json': claim })).toThrow(/trusted is not known here/);
  });

  it('is said of text that is no JSON, and of files that are missing', () => {
    expect(changed('circuit.json', '"id": "two-stage-180nm",', '"id": "two-stage-180nm"')).toThrow(
      /^circuit.json:4: .*comma expected; expected JSON/,
    );
    expect(() => loadCircuit({})).toThrow(/"circuit.json" is not in the folder; .*ohmba new-circuit/);
    expect(() => loadCircuit({ 'circuit.json': '' })).toThrow(/^circuit.json:1: /);
    expect(() => loadCircuit({ 'circuit.json': '[]' })).toThrow(/^circuit.json:1: the file is \[\]; expected object/);
  });

  it('is said of models by the file that holds them', () => {
    const files = {
      ...exampleFiles,
      'circuit.json': JSON_TEXT.replace('"process"', '"models": ["a.lib", "b.lib"],\n"process"'),
      'a.lib': '* cards\n.model one nmos level=1',
      'b.lib': '.model two nmos level=1\n.include /etc/passwd',
    };
    expect(() => loadCircuit(files)).toThrow(/^b.lib:2: it is ".include \/etc\/passwd"/);
  });
});

it('the schema knows the model libraries that ship', () => {
  expect(schema.properties.process.properties.library.enum).toEqual([...MODEL_LIBRARIES, 'none']);
});
