import type { SimulationRecord } from '../run-store';
import { type SqlDatabase, single } from './database';
import { deckHash, numbered, places, type StoredCircuit, toColumns } from './rows';

/** Writes simulations, each once. */
export interface SimulationWriter {
  /** Within a transaction. */
  write(records: readonly SimulationRecord[]): void;
}

/** Columns of the simulation table before the numbers. */
const LEADING =
  'simulation, tick, circuit, slot, episode, step, phase, origin, target, valid, failure, reward, met, calls, milliseconds, deck'.split(
    ', ',
  );

/**
 * A resumed run makes the simulations after its checkpoint once more. In lockstep they are the ones already stored, and
 * nothing is written; one that differs (free-running) takes the place of the old one, which is kept in `superseded`.
 */
export function createSimulationWriter(database: SqlDatabase, circuits: ReadonlyMap<string, StoredCircuit>): SimulationWriter {
  const p = Math.max(...[...circuits.values()].map(({ parameters }) => parameters));
  const s = Math.max(...[...circuits.values()].map(({ specs }) => specs));
  const columns = [...LEADING, ...numbered('p', p), ...numbered('m', s)];
  const insert = database.prepare(`INSERT INTO simulation (${columns.join(', ')}) VALUES (${places(columns.length)})`);
  const ofTarget = ['circuit', ...numbered('t', s)];
  const findTarget = database.prepare(`SELECT target FROM target WHERE ${ofTarget.map((name) => `${name} IS ?`).join(' AND ')}`);
  const insertTarget = database.prepare(`INSERT INTO target (${ofTarget.join(', ')}) VALUES (${places(ofTarget.length)})`);
  const targets = new Map<string, number>();
  const already = Number(single(database, 'SELECT coalesce(max(simulation), 0) FROM simulation'));

  function targetId(circuit: number, values: Float64Array): number {
    const key = `${circuit}:${values.join()}`;
    const known = targets.get(key);
    if (known !== undefined) return known;
    const row = [circuit, ...toColumns(values, s)];
    const find = () => findTarget.all(row)[0]?.[0];
    let id = find();
    if (id === undefined) {
      insertTarget.run(row);
      id = find();
    }
    // Targets drawn from a range are all different: what is remembered must not grow without end.
    if (targets.size > 1000) targets.clear();
    targets.set(key, Number(id));
    return Number(id);
  }

  /** Whether the very same simulation is already there; one that is not the same is put aside. */
  function isKept(simulation: number, deck: string): boolean {
    const [row] = database.prepare('SELECT deck FROM simulation WHERE simulation = ?').all([simulation]);
    if (!row) return false;
    if (row[0] === deck) return true;
    database.prepare('INSERT INTO superseded SELECT * FROM simulation WHERE simulation = ?').run([simulation]);
    database.prepare('DELETE FROM simulation WHERE simulation = ?').run([simulation]);
    return false;
  }

  return {
    write(records) {
      for (const record of records) {
        const { simulation, parameters, measures, failure, valid, met } = record;
        const { circuit, deck: ofCircuit } = circuits.get(record.circuit)!;
        const deck = deckHash(ofCircuit, parameters);
        if (simulation <= already && isKept(simulation, deck)) continue;
        insert.run([
          simulation,
          record.tick,
          circuit,
          record.slot,
          record.episode,
          record.step,
          record.phase,
          record.origin,
          targetId(circuit, record.target),
          valid ? 1 : 0,
          failure,
          record.reward,
          met ? 1 : 0,
          record.calls,
          record.milliseconds,
          deck,
          ...toColumns(parameters, p),
          ...toColumns(measures, s),
        ]);
      }
    },
  };
}
