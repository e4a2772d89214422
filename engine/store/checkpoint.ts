import { ContentHash, fromExactJson, messageOf, OhmbaError, toExactJson } from '../base';
import { readSafetensors, writeSafetensors } from '../tensor/safetensors';
import type { Checkpoint } from './run-store';
import { type SqlDatabase, transaction } from './sql/database';

/** Where checkpoint files lie. */
export interface CheckpointFiles {
  /** All or nothing: a file of that name is either whole and safe from a loss of power, or not there. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array>;
  remove(name: string): Promise<void>;
}

/** The last, and two to fall back to. */
const LAST_KEPT = 3;
/** Earlier ones, spread over the run, to branch off from. */
const EARLIER_KEPT = 9;
const FORMAT = 'ohmba-checkpoint-1';

/** A checkpoint as a safetensors file: tensors as they are, everything else as exact JSON in the metadata. */
export function encodeCheckpoint({ tick, simulations, world, agent }: Checkpoint): Uint8Array {
  const state = toExactJson({ tick, simulations, world, facts: agent.facts });
  return writeSafetensors(agent.tensors, { format: FORMAT, state });
}

/** @throws OhmbaError for bytes that are no checkpoint */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  try {
    const { metadata, tensors } = readSafetensors(bytes);
    if (metadata.format !== FORMAT || metadata.state === undefined)
      throw new Error(`its format is ${JSON.stringify(metadata.format)}`);
    const { tick, simulations, world, facts } = fromExactJson(metadata.state) as Omit<Checkpoint, 'agent'> & { facts: unknown };
    return { tick, simulations, world, agent: { facts, tensors } };
  } catch (thrown) {
    throw new OhmbaError(
      {
        what: `a checkpoint cannot be read: ${messageOf(thrown)}`,
        expected: `a file of format ${FORMAT}`,
        todo: 'use an earlier one',
      },
      { cause: thrown },
    );
  }
}

export function checksum(bytes: Uint8Array): string {
  return new ContentHash().bytes(bytes).digest();
}

/**
 * Copies the state at once, then writes the file and, when it is safe, the row that makes it count.
 * @returns resolves when both would survive a loss of power
 */
export async function writeCheckpoint(files: CheckpointFiles, database: SqlDatabase, checkpoint: Checkpoint): Promise<void> {
  const { tick, simulations } = checkpoint;
  const bytes = encodeCheckpoint(checkpoint);
  const sum = checksum(bytes);
  const name = `${String(tick).padStart(8, '0')}-${sum}.safetensors`;
  await files.write(name, bytes);
  const dropped = keepRow(database, [tick, simulations, name, bytes.length, sum]);
  for (const old of dropped) if (old !== name) await files.remove(old);
}

/** @returns names of the files that no row speaks of any more */
function keepRow(database: SqlDatabase, row: readonly [number, number, string, number, string]): string[] {
  // The row must not come back without its facts, nor be lost while older files are already gone.
  database.exec('PRAGMA synchronous = FULL');
  try {
    return transaction(database, () => {
      const replaced = database.prepare('SELECT file FROM checkpoint WHERE tick = ?').all([row[0]]);
      database.prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?, ?)').run(row);
      const kept = database.prepare('SELECT tick, file FROM checkpoint ORDER BY tick').all();
      const ticks = kept.map(([tick]) => Number(tick));
      const surplus = surplusCheckpoints(ticks).map((tick) => kept[ticks.indexOf(tick)]!);
      for (const [tick] of surplus) database.prepare('DELETE FROM checkpoint WHERE tick = ?').run([tick!]);
      return [...replaced.map(([file]) => file), ...surplus.map(([, file]) => file)].map(String);
    });
  } finally {
    database.exec('PRAGMA synchronous = NORMAL');
  }
}

/**
 * Ticks of the checkpoints that are to go: while there are too many, of those before the last few the one that leaves the
 * smallest gap, so that the others stay spread over the run. The first one stays.
 * @param ticks ascending
 */
export function surplusCheckpoints(ticks: readonly number[]): number[] {
  const kept = [...ticks];
  const surplus: number[] = [];
  while (kept.length > LAST_KEPT + EARLIER_KEPT) {
    let least = 1;
    const gap = (i: number) => kept[i + 1]! - kept[i - 1]!;
    for (let i = 2; i < kept.length - LAST_KEPT; i++) if (gap(i) < gap(least)) least = i;
    surplus.push(...kept.splice(least, 1));
  }
  return surplus;
}

export interface FoundCheckpoint {
  /** Null where none is whole: then the run is made again from its start, with the recorded simulations as answers. */
  readonly checkpoint: Checkpoint | null;
  /** Newer ones that are damaged or gone, and why. */
  readonly skipped: readonly string[];
}

/** The newest checkpoint that is whole, up to a tick and a number of simulations where they are given. */
export async function latestCheckpoint(
  files: CheckpointFiles,
  database: SqlDatabase,
  { tick = Number.MAX_SAFE_INTEGER, simulations = Number.MAX_SAFE_INTEGER } = {},
): Promise<FoundCheckpoint> {
  const skipped: string[] = [];
  const rows = database
    .prepare('SELECT file, bytes, checksum FROM checkpoint WHERE tick <= ? AND simulations <= ? ORDER BY tick DESC')
    .all([tick, simulations]);
  for (const [file, bytes, sum] of rows) {
    try {
      const content = await files.read(String(file));
      if (content.length !== bytes || checksum(content) !== sum) throw new Error('its content is not what was written');
      return { checkpoint: decodeCheckpoint(content), skipped };
    } catch (thrown) {
      skipped.push(`checkpoint ${file} is damaged: ${messageOf(thrown)}`);
    }
  }
  return { checkpoint: null, skipped };
}
