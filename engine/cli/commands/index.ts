import type { CliCommand } from '../command';
import { crosscheck } from './crosscheck';
import { doctor } from './doctor';
import { sample } from './sample';
import { simulate } from './simulate';

/** All commands, in the order in which help lists them. */
export const commands: readonly CliCommand[] = [simulate, sample, crosscheck, doctor];
