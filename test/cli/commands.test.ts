import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { programOutput } from '../../engine/cli/run-program';
import { lastJson, runOhmba } from './run-ohmba';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ohmba-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COMMANDS = [
  'train',
  'resume',
  'branch',
  'runs',
  'replay',
  'export',
  'import',
  'circuits',
  'simulate',
  'verify',
  'new-circuit',
  'check',
  'sample',
  'crosscheck',
  'parity',
  'bench',
  'doctor',
];

describe('help', () => {
  test('lists every command and what its options are', async () => {
    const overview = await runOhmba(['help']);
    expect(overview.code).toBe(0);
    for (const command of COMMANDS) expect(overview.out).toContain(`ohmba ${command}`);
    const one = await runOhmba(['help', 'train']);
    for (const option of ['--seed', '--steps', '--agents', '--agent', '--executor', '--out', '--json', '--set'])
      expect(one.out).toContain(option);
    expect((await runOhmba(['train', '--help'])).out).toBe(one.out);
  });
});

describe('what there is', () => {
  test('help fits an ordinary terminal', async () => {
    for (const line of (await runOhmba(['--help'])).out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("the version is the package's", async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await runOhmba(['--version'])).toEqual({ code: 0, out: `${version}\n`, error: '' });
  });

  test('circuits lists those that ship, and shows one', async () => {
    const all = await runOhmba(['circuits']);
    expect(all.code).toBe(0);
    expect(all.out).toMatch(/^two-stage-opamp +7 +6 +gf180, 3\.3 V +Two-stage op-amp$/m);
    const one = await runOhmba(['circuits', 'two-stage-opamp']);
    expect(one.out).toMatch(/^wp1 +500 nm +100 µm +17\.3 µm +Mirror load$/m);
    expect(one.out).toMatch(/^supplyCurrent +≤ 400 µA/m);
    expect(lastJson(await runOhmba(['circuits', 'ldo', '--json']))).toMatchObject({ id: 'ldo', process: { library: 'gf180' } });
  });
});

describe('wrong input is one line that says what to do, and exit code 2', () => {
  const cases: [string[], RegExp][] = [
    [[], /no command was given.*train/],
    [['trian'], /unknown command "trian".*"train" was meant/],
    [['help', 'x'], /unknown command "x"/],
    [['train'], /train was given no circuit.*two-stage-opamp/],
    [['train', 'two-stage-opmap'], /unknown circuit "two-stage-opmap".*"two-stage-opamp" was meant/],
    [['train', 'two-stage-opamp', '--sede', '1'], /unknown option "--sede".*"--seed" was meant/],
    [['train', 'two-stage-opamp', '--steps', 'many'], /--steps is "many".*whole number/],
    [['train', 'two-stage-opamp', '--agents', '0'], /--agents is "0"/],
    [['train', 'two-stage-opamp', '--agent', 'm4'], /unknown agent "m4".*m3/],
    [['train', 'two-stage-opamp', '--schedule', 'liner'], /unknown schedule "liner".*"linear" was meant/],
    [['train', 'two-stage-opamp', '--executor', 'cuda'], /--executor is "cuda".*wasm/],
    [['train', 'two-stage-opamp', '--set', 'warmpu=1'], /unknown hyper-parameter "warmpu".*"warmup" was meant/],
    [['train', 'two-stage-opamp', '--out', '/dev/null/x', '--agent', 'random'], /--out \/dev\/null\/x.*choose another/],
    [['circuits', 'ldoo'], /unknown circuit "ldoo".*"ldo" was meant/],
    [['simulate'], /simulate was given no circuit/],
    [['simulate', 'two-stage-opamp', 'ldo'], /simulate was given "ldo" too/],
    [['simulate', 'two-stage-opamp', '--set', 'wn1=200'], /wn1=200 is outside its range.*0\.5um to 100um/],
    [['simulate', 'two-stage-opamp', '--set', 'wn1=2pF'], /"2pF" is no value of wn1/],
    [['simulate', 'two-stage-opamp', '--set', 'wn=2'], /unknown parameter of two-stage-opamp "wn"/],
    [['simulate', 'two-stage-opamp', '--set', 'wn1'], /--set is "wn1".*NAME=VALUE/],
    [['simulate', 'two-stage-opamp', '--trust'], /--trust was given with ngspice in WASM.*--simulator native/],
    [['verify'], /verify was given no sizing/],
    [['verify', 'package.json'], /package.json holds no sizing.*simulate --json/],
    [['verify', 'no-such.json'], /no-such\.json is no sizing; expected .*result\.json/],
    [['verify', 'docs/'], /docs\/ is no sizing; expected .*result\.json/],
    [['verify', 'two-stage-opamp', '--no-corners'], /neither corners nor samples/],
    [['verify', 'two-stage-opamp', '--temperatures', '27,hot'], /--temperatures is "27,hot"/],
    [['sample', 'two-stage-opamp', '--trust'], /--trust was given with ngspice in WASM.*--simulator native/],
    [['check'], /check was given no folder/],
    [['check', './nowhere'], /\.\/nowhere cannot be read \(ENOENT\).*new-circuit/],
    [['train', 'docs/'], /"circuit.json" is not in the folder/],
    [['new-circuit', 'a b'], /"a b" cannot be a circuit's name/],
    [['new-circuit', 'test'], /test is there already/],
    [['parity'], /parity was given 0 files/],
    [['parity', 'no-such.safetensors'], /no such file/],
    [['parity', 'package.json'], /no golden Mamba file/],
    [['parity', 'test'], /cannot be read/],
    [['bench', 'everything'], /unknown benchmark "everything".*update/],
    [['resume'], /resume was given no run/],
    [['resume', 'no-such-run'], /unknown run "no-such-run"/],
    [['branch'], /branch was given no run/],
    [['runs', '--compare', 'a'], /--compare was given 1 runs; expected two/],
    [['import', 'a'], /import was given 1 words.*ohmba import RUN FILE\.csv/],
    [['export', 'a', '--format', 'xls'], /--format is "xls".*csv, parquet/],
    [['doctor', 'strange'], /doctor was given "strange"/],
  ];
  test.concurrent.each(cases)('%j', async (args, message) => {
    const { code, out, error } = await runOhmba(args);
    expect(error).toMatch(message);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test.runIf(process.platform === 'linux')('a graphics card that is not there', async () => {
    const env = { VK_DRIVER_FILES: '/dev/null', VK_ICD_FILENAMES: '/dev/null' };
    const { code, error } = await runOhmba(['parity', 'test/golden/small.safetensors', '--executor', 'webgpu'], { env });
    expect(error).toMatch(/--executor is "webgpu".*use --executor wasm/);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  test('a file cut short', async () => {
    const whole = readFileSync('test/golden/small.safetensors');
    const path = join(folder, 'short.safetensors');
    writeFileSync(path, whole.subarray(0, whole.length - 100));
    const { code, error } = await runOhmba(['parity', path]);
    expect(error).toMatch(/no golden Mamba file/);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});

test('doctor says what there is and what would be used', async () => {
  const report = lastJson(await runOhmba(['doctor', '--json']));
  expect(report).toMatchObject({
    node: process.versions.node,
    cores: expect.any(Number),
    wasm: { simd: true, threads: true },
    webgpu: { adapter: expect.toSatisfy((adapter: unknown) => adapter === null || typeof adapter === 'string') },
    simulators: { wasm: expect.stringContaining('eecircuit-engine') },
    executor: { kind: expect.stringMatching(/^(wasm|auto)$/), reason: expect.any(String) },
    simulator: { kind: 'wasm', reason: expect.any(String) },
  });
});

test('simulate evaluates the sizing that was asked for', async () => {
  const ran = await runOhmba(['simulate', 'two-stage-opamp', '--set', 'wn1=20', '--set', 'cc=1.5p', '--json']);
  expect(ran.error).toBe('');
  expect(ran.code).toBe(0);
  const report = lastJson(ran);
  expect(Object.keys(report)).toEqual(['circuit', 'parameters', 'measures', 'valid', 'failure', 'met', 'reward', 'milliseconds']);
  expect(report).toMatchObject({ circuit: 'two-stage-opamp', valid: true, failure: null, met: false });
  expect(report.parameters).toMatchObject({ wn1: 20e-6, cc: 1.5e-12 });
  for (const value of Object.values(report.measures as object)) expect(value).toBeTypeOf('number');
});

test('sample reads the same distributions on either simulator', async ({ skip }) => {
  if ((await programOutput('ngspice', ['--version'])) === null) skip('no ngspice on this machine');
  const [wasm, native] = await Promise.all(
    ['wasm', 'native'].map(async (simulator) => {
      const ran = await runOhmba(['sample', 'two-stage-opamp', '--points', '4', '--simulator', simulator, '--json']);
      expect(ran.code).toBe(0);
      return lastJson(ran).mappings as { mapping: string; valid: number; percentiles: Record<string, number[]> }[];
    }),
  );
  expect(wasm!.map(({ mapping }) => mapping)).toEqual(['log', 'linear']);
  for (const [i, { valid, percentiles }] of wasm!.entries()) {
    expect(native![i]!.valid).toBe(valid);
    for (const [name, values] of Object.entries(percentiles))
      for (const [k, value] of values.entries()) expect(native![i]!.percentiles[name]![k]! / value, name).toBeCloseTo(1, 2);
  }
});

describe('parity', () => {
  test.each(
    ['small', 'packed', 'wide'].flatMap((name) => [
      [name, 'wasm'],
      [name, 'reference'],
    ]),
  )('%s on %s', async (name, executor) => {
    const ran = await runOhmba(['parity', `test/golden/${name}.safetensors`, '--executor', executor, '--json']);
    const report = lastJson(ran);
    const { worst, weightGradients } = report as {
      worst: Record<'output' | 'gradient', { relative: number }>;
      weightGradients: Record<string, { absolute: number; relative: number }>;
    };
    expect(report).toMatchObject({ executor, passed: true });
    expect(worst.output.relative).toBeLessThanOrEqual(1e-5);
    expect(worst.gradient.relative).toBeLessThanOrEqual(1e-4);
    expect(Object.keys(weightGradients)).toContain('layers.0.mixer.A_log');
    expect(ran.code).toBe(0);
  });

  test('a wrong golden value is found', async () => {
    const bytes = Buffer.from(readFileSync('test/golden/small.safetensors'));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
    const at = 8 + Number(bytes.readBigUInt64LE()) + header.output.data_offsets[0];
    bytes.writeFloatLE(bytes.readFloatLE(at) + 1, at);
    const path = join(folder, 'wrong.safetensors');
    writeFileSync(path, bytes);
    const ran = await runOhmba(['parity', path, '--json']);
    expect(lastJson(ran)).toMatchObject({ passed: false });
    expect(ran.code).toBe(1);
  });
});

describe('train', () => {
  const arguments_ = ['train', 'two-stage-opamp', '--agent', 'random', '--steps', '24', '--agents', '8', '--seed', '3', '--json'];

  test('reports, writes its results and gives the same run for the same seed', async () => {
    const results = [];
    for (const name of ['a', 'b']) {
      const out = join(folder, name);
      const ran = await runOhmba([...arguments_, '--out', out]);
      const report = lastJson(ran);
      expect(Object.keys(report)).toEqual([
        'ended',
        'met',
        'simulations',
        'timedOut',
        'stepsToTarget',
        'seconds',
        'updates',
        'executor',
        'best',
      ]);
      expect(report).toMatchObject({
        ended: 'budget',
        met: { 'two-stage-opamp': false },
        simulations: { training: 24 },
        stepsToTarget: { 'two-stage-opamp': null },
        updates: 0,
      });
      expect(ran.code).toBe(1);
      expect(ran.error).toContain('phaseMargin');
      results.push(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
      expect(existsSync(join(out, 'two-stage-opamp.cir'))).toBe(true);
    }
    expect(results[0].hash).toBe(results[1].hash);
    expect(results[0].best).toEqual(results[1].best);
  });

  test('the netlist it writes runs in stock ngspice with the same measures', async ({ skip }) => {
    const text = await programOutput('ngspice', ['-b', join(folder, 'a', 'two-stage-opamp.cir')], 60_000);
    if ((await programOutput('ngspice', ['--version'])) === null) skip('no ngspice on this machine');
    const { best } = JSON.parse(readFileSync(join(folder, 'a', 'result.json'), 'utf8'));
    // ngspice writes names in lower case.
    const value = (name: string) => Number(new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'im').exec(text ?? '')?.[1]);
    const measures = Object.entries(best['two-stage-opamp'].measures as Record<string, number>);
    for (const [name, expected] of measures) {
      // Time points are as far apart as Ohmba has them, and ngspice reads on straight lines between them.
      const allowed = name === 'settling' ? 0.005 : 0.001;
      expect(Math.abs(value(name) / expected - 1), name).toBeLessThan(allowed);
    }
  });
});

describe('a circuit of one’s own', () => {
  test('is written, checked, and trained on by its folder', async () => {
    const here = join(folder, 'my-amp');
    const made = await runOhmba(['new-circuit', here]);
    expect(made.error).toBe('');
    const checked = await runOhmba(['check', here, '--points', '10', '--json']);
    expect(checked.code).toBe(0);
    expect(lastJson(checked)).toMatchObject({ circuit: 'my-amp', points: 10, dead: [], start: { valid: true } });
    const trained = await runOhmba(['train', here, '--agent', 'random', '--steps', '6', '--out', join(folder, 'run'), '--json']);
    expect(lastJson(trained)).toMatchObject({ met: { 'my-amp': false }, simulations: { training: 6 } });
    expect(readFileSync(join(folder, 'run', 'my-amp.cir'), 'utf8')).toContain('PTM180N');

    const file = join(here, 'circuit.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"direction": "at-most"', '"direction": "below"'));
    const broken = await runOhmba(['check', here]);
    expect(broken.code).toBe(2);
    expect(broken.error).toMatch(/^ohmba: circuit.json:\d+: specs\[4\].direction is "below"; expected one of at-least, at-most/);
  });
});
