import { messageOf } from '../base';
import type { CliCommand, ExitCode, Terminal } from './command';
import { commands } from './commands';
import { describeOptions, parseOptions } from './options';
import { UsageError, unknownName, usageError } from './usage-error';

/** Runs one command line. Never throws: wrong input is one line and 2, a failure of ours is one line and 1. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    terminal.error(`ohmba: ${messageOf(error)}\n`);
    if (error instanceof UsageError) return 2;
    // Not a person's mistake, so the place is worth having, for whoever asks for it.
    if (process.env.OHMBA_DEBUG && error instanceof Error) terminal.error(`${error.stack}\n`);
    return 1;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined) throw usageError('no command was given', `one of ${names().join(', ')}`, 'try "ohmba help"');
  if (name === 'help' || name === '--help' || name === '-h') {
    const command = rest[0] === undefined ? null : find(rest[0]);
    terminal.out(command ? commandHelp(command) : overview());
    return 0;
  }
  const command = find(name);
  const { values, words, help } = parseOptions(command.options, rest);
  if (help) {
    terminal.out(commandHelp(command));
    return 0;
  }
  return command.run(words, values, terminal);
}

function names(): string[] {
  return [...commands.map((command) => command.name), 'help'];
}

function find(name: string): CliCommand {
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) throw unknownName('command', name, names());
  return command;
}

function overview(): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length)) + 2;
  const rows = commands.map(({ usage, summary }) => `  ohmba ${usage.padEnd(width)}${summary}\n`).join('');
  return `Sizes analog circuits on ngspice with a Mamba-based, model-based agent.\n\n${rows}\nOptions of a command: ohmba help COMMAND\n`;
}

function commandHelp({ usage, summary, options }: CliCommand): string {
  const lines = describeOptions(options);
  return `ohmba ${usage}\n\n${summary}\n${lines.length > 0 ? `\n${lines.join('\n')}\n` : ''}`;
}
