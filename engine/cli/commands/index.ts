import type { CliCommand } from '../command';
import { bench } from './bench';
import { branch } from './branch';
import { check } from './check';
import { circuits } from './circuits';
import { crosscheck } from './crosscheck';
import { doctor } from './doctor';
import { experiment } from './experiment';
import { exportCommand } from './export';
import { importCommand } from './import';
import { newCircuit } from './new-circuit';
import { parity } from './parity';
import { replay } from './replay';
import { resume } from './resume';
import { runs } from './runs';
import { sample } from './sample';
import { simulate } from './simulate';
import { train } from './train';
import { verify } from './verify';

/** All commands, in the order in which help lists them. */
export const commands: readonly CliCommand[] = [
  train,
  resume,
  branch,
  runs,
  replay,
  exportCommand,
  importCommand,
  circuits,
  simulate,
  verify,
  newCircuit,
  check,
  sample,
  crosscheck,
  experiment,
  parity,
  bench,
  doctor,
];
