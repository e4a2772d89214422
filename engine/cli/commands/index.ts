import type { CliCommand } from '../command';
import { bench } from './bench';
import { crosscheck } from './crosscheck';
import { doctor } from './doctor';
import { experiment } from './experiment';
import { parity } from './parity';
import { sample } from './sample';
import { simulate } from './simulate';
import { train } from './train';

/** All commands, in the order in which help lists them. */
export const commands: readonly CliCommand[] = [train, simulate, sample, crosscheck, experiment, parity, bench, doctor];
