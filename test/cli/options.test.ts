import { describe, expect, test } from 'vitest';
import { branch } from '../../engine/cli/commands/branch';
import { assignmentOption, choice, describeOptions, flag, integer, parseOptions, text } from '../../engine/cli/options';
import { UsageError } from '../../engine/cli/usage-error';

const options = {
  seed: { type: integer(0), value: 1, help: 'seed' },
  executor: { type: choice('wasm', 'reference'), value: 'wasm' as 'wasm' | 'reference', help: 'executor' },
  out: { type: text('FOLDER', 'a folder'), value: '', help: 'folder' },
  json: { type: flag, value: false, help: 'json' },
  set: assignmentOption('set'),
};

const parse = (...args: string[]) => parseOptions(options, args);

describe('parseOptions', () => {
  test('values beside and behind an equals sign, flags, words and repeated assignments', () => {
    const parsed = parse('a', '--seed', '7', '--executor=reference', '--json', '--set', 'x=1', '--set=y=2=3', 'b');
    expect(parsed.words).toEqual(['a', 'b']);
    expect(parsed.values).toMatchObject({ seed: 7, executor: 'reference', json: true, out: '' });
    expect([...parsed.values.set]).toEqual([
      ['x', '1'],
      ['y', '2=3'],
    ]);
  });

  test('everything behind -- is a word; negated flags; help', () => {
    expect(parse('--', '--seed').words).toEqual(['--seed']);
    expect(parse('--json', '--no-json').values.json).toBe(false);
    expect(parse('--help').help).toBe(true);
  });

  test.each([
    [['--sede', '1'], /unknown option "--sede".*perhaps "--seed" was meant/],
    [['-s'], /unknown option "-s"/],
    [['--seed'], /--seed has no value; expected a whole number/],
    [['--seed', '--json'], /--seed has no value/],
    [['--seed', '1.5'], /--seed is "1.5"; expected a whole number of 0 or more/],
    [['--seed', '-1'], /--seed is "-1"/],
    [['--executor', 'cuda'], /expected one of wasm, reference/],
    [['--json=yes'], /--json was given the value "yes"; expected no value/],
    [['--set', 'x'], /expected NAME=VALUE/],
    [['--constructor', '1'], /unknown option "--constructor"/],
  ])('%j is refused', (args, message) => {
    expect(() => parse(...args)).toThrowError(UsageError);
    expect(() => parse(...args)).toThrowError(message);
  });

  test('help names every option', () => {
    const lines = describeOptions(options, 80).join('\n');
    for (const name of Object.keys(options)) expect(lines).toContain(`--${name}`);
  });

  test('help tells no default that only stands for "left out"', () => {
    const help = describeOptions(branch.options, 80).join('\n');
    expect(help).toContain('--simulation N');
    expect(help).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });
});
