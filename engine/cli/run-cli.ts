import { messageOf } from '../base';
import type { CliCommand, ExitCode, Terminal } from './command';
import { commands } from './commands';
import { describeOptions, parseOptions } from './options';
import { ownVersion } from './own-version';
import { twoColumns } from './two-columns';
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
    terminal.out(command ? commandHelp(command, terminal.columns) : overview(terminal.columns));
    return 0;
  }
  if (name === '--version') {
    terminal.out(`${ownVersion()}\n`);
    return 0;
  }
  const command = find(name);
  const { values, words, help } = parseOptions(command.options, rest);
  if (help) {
    terminal.out(commandHelp(command, terminal.columns));
    return 0;
  }
  return command.run(words, values, terminal);
}

function names(): string[] {
  return [...commands.map((command) => command.name), 'help', '--version'];
}

function find(name: string): CliCommand {
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) throw unknownName('command', name, names());
  return command;
}

function overview(columns: number): string {
  const rows = twoColumns(
    commands.map(({ usage, summary }) => [`ohmba ${usage}`, summary]),
    columns,
  );
  return `Sizes analog circuits on ngspice with a Mamba-based, model-based agent.\n\n${rows.join('\n')}\n\nOptions of a command: ohmba help COMMAND\nCircuits that ship: ohmba circuits\n`;
}

function commandHelp({ usage, summary, options }: CliCommand, columns: number): string {
  const lines = describeOptions(options, columns);
  return `ohmba ${usage}\n\n${summary}\n${lines.length > 0 ? `\n${lines.join('\n')}\n` : ''}`;
}
