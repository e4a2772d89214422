import type { CliCommand } from '../command';
import { doctor } from './doctor';

/** All commands, in the order in which help lists them. */
export const commands: readonly CliCommand[] = [doctor];
