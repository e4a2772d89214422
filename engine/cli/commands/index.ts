import type { CliCommand } from '../command';
import { bench } from './bench';
import { check } from './check';
import { crosscheck } from './crosscheck';
import { doctor } from './doctor';
import { experiment } from './experiment';
import { newCircuit } from './new-circuit';
import { parity } from './parity';
import { resume } from './resume';
import { sample } from './sample';
import { simulate } from './simulate';
import { train } from './train';

/** All commands, in the order in which help lists them. */
export const commands: readonly CliCommand[] = [
  train,
  resume,
  simulate,
  newCircuit,
  check,
  sample,
  crosscheck,
  experiment,
  parity,
  bench,
  doctor,
];
