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

/** Older ones are removed: the last, and two to fall back to. */
const KEPT = 3;
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
      const surplus = database.prepare('SELECT file FROM checkpoint ORDER BY tick DESC LIMIT -1 OFFSET ?').all([KEPT]);
      database
        .prepare('DELETE FROM checkpoint WHERE tick NOT IN (SELECT tick FROM checkpoint ORDER BY tick DESC LIMIT ?)')
        .run([KEPT]);
      return [...replaced, ...surplus].map(([file]) => String(file));
    });
  } finally {
    database.exec('PRAGMA synchronous = NORMAL');
  }
}

export interface FoundCheckpoint {
  /** Null where none is whole: then the run is made again from its start, with the recorded simulations as answers. */
  readonly checkpoint: Checkpoint | null;
  /** Newer ones that are damaged or gone, and why. */
  readonly skipped: readonly string[];
}

/** The newest checkpoint that is whole. */
export async function latestCheckpoint(files: CheckpointFiles, database: SqlDatabase): Promise<FoundCheckpoint> {
  const skipped: string[] = [];
  for (const [file, bytes, sum] of database.prepare('SELECT file, bytes, checksum FROM checkpoint ORDER BY tick DESC').all()) {
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
