import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../engine/cli/runs/report-page';
import { readImported, readMetrics, readSummary, type SqlDatabase } from '../../engine/store';
import { csvLines, parseCsv } from '../../engine/store/export/csv';
import { toParquet } from '../../engine/store/export/parquet';
import { readScalars } from '../../engine/store/export/scalars';
import { simulationColumns, simulationsOf } from '../../engine/store/export/table';
import { toTensorBoard } from '../../engine/store/export/tensorboard';
import { exportWeights } from '../../engine/store/export/weights';
import { importSimulations } from '../../engine/store/import-csv';
import { openRunFolder, readRunFolder } from '../../engine/store/run-folder.node';
import { readSafetensors } from '../../engine/tensor';
import { recorded, runIn, temporaryFolders } from './recorded-run';

const folders = temporaryFolders();
let folder = '';
beforeAll(async () => {
  folder = folders.next();
  await runIn(folder, { change: { agent: 'cma-es' } });
});

/** Opens the run, and its first circuit's table. */
function look<T>(work: (table: ReturnType<typeof tableOf>, database: SqlDatabase) => T): T {
  const { database } = readRunFolder(folder);
  try {
    return work(tableOf(database), database);
  } finally {
    database.close();
  }
}

function tableOf(database: SqlDatabase) {
  const { circuits } = readSummary(database);
  const [circuit] = circuits;
  return { columns: simulationColumns(circuit!), rows: [...simulationsOf(database, circuits, circuit!)] };
}

describe('exports', () => {
  it('CSV: every number reads back exactly, what is missing is empty', () => {
    look(({ columns, rows }) => {
      const text = [...csvLines(columns, rows)].join('');
      const [header, ...lines] = text.trimEnd().split('\r\n');
      const names = header!.split(',');
      expect(names).toEqual(columns.map(({ name }) => name));
      expect(lines.length).toBe(rows.length);
      for (const [i, line] of lines.entries()) {
        const cells = line.split(',');
        const at = (name: string) => cells[names.indexOf(name)]!;
        expect(Number(at('a'))).toBe(rows[i]!.parameters[0]);
        expect(at('power')).toBe(rows[i]!.valid ? String(rows[i]!.measures[1]) : '');
        expect(at('valid')).toBe(String(rows[i]!.valid));
      }
      expect(rows.some(({ valid }) => !valid)).toBe(true);
    });
  });

  it('Parquet: another reader finds the same', async () => {
    const { columns, rows } = look((table) => table);
    const bytes = toParquet(columns, rows);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const read = await parquetReadObjects({ file });
    expect(read).toEqual(
      rows.map((row) =>
        Object.fromEntries(
          columns.map((column) => {
            const value = column.value(row);
            return [column.name, Number.isNaN(value) ? null : value];
          }),
        ),
      ),
    );
  });

  it('TensorBoard: records with right checksums, values as in the store', () => {
    look((_, database) => {
      const summary = readSummary(database);
      const found = readEvents(toTensorBoard(readScalars(database, summary), 1000));
      const created = Date.parse(summary.created) / 1000;
      for (const [name, series] of readMetrics(database)) {
        const finite = series.filter(({ value }) => Number.isFinite(value));
        const mine = found.filter(({ tag }) => tag === name);
        expect(mine.map(({ step, value }) => [step, value])).toEqual(finite.map(({ tick, value }) => [tick, Math.fround(value)]));
        for (const { time } of mine) expect(time).toBeGreaterThanOrEqual(created);
      }
      expect(found.length).toBeGreaterThan(20);
      expect(found.some(({ tag }) => tag === 'best reward/test-circuit')).toBe(true);
    });
  });

  it('weights: official names and shapes, members of an ensemble apart, no moments', () => {
    const tensor = (shape: number[]) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return { shape, values: Float32Array.from({ length }, (_, i) => i) };
    };
    const files = exportWeights(
      new Map([
        ['model.layers.0.mixer.conv1d.weight', tensor([8, 4])],
        ['model.layers.0.mixer.A_log', tensor([8, 2])],
        ['model.norm_f.weight', tensor([2, 3])],
        ['model.m.norm_f.weight', tensor([2, 3])],
        ['actor.norm_f.weight', tensor([1, 3])],
        ['replay.real.x', tensor([5, 5])],
      ]),
      { agent: 'm3' },
    );
    expect([...files.keys()]).toEqual(['actor.safetensors', 'model-0.safetensors', 'model-1.safetensors']);
    const { tensors, metadata } = readSafetensors(files.get('model-1.safetensors')!);
    expect(metadata).toEqual({ agent: 'm3' });
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['layers.0.mixer.conv1d.weight', [4, 1, 4]],
      ['layers.0.mixer.A_log', [4, 2]],
      ['norm_f.weight', [3]],
    ]);
    expect([...tensors.get('norm_f.weight')!.values]).toEqual([3, 4, 5]);
  });

  it('report: one page that asks for nothing', () => {
    look((_, database) => {
      const page = reportPage('a <run>', database, readSummary(database));
      expect(page).toContain('<h1>a &lt;run&gt;</h1>');
      expect(page).not.toMatch(/(?:src|href)=|@import|url\(/);
      expect(page.match(/<svg /g)!.length).toBeGreaterThan(5);
      expect(page).not.toMatch(/NaN|undefined/);
    });
  });
});

describe('import', () => {
  const csv = 'note,"a",b,gain,power,valid\nx,2,0.5,4,2,true\n"y, ""z""",2 m,0.25,,,false\n';

  it('CSV as people write it', () => {
    expect(parseCsv('\ufeffa, b \r\n"1,""2""\n3",\r\n\r\n')).toEqual({ header: ['a', 'b'], rows: [['1,"2"\n3', '']] });
    expect(() => parseCsv('a,b\n1\n')).toThrow(/line 2 .* has 1 cells; expected 2/);
    expect(() => parseCsv('a\n"1\n')).toThrow(/line 2 .*never closed/);
  });

  it('is all or nothing, and says which line is wrong', () => {
    const { database, unlock } = openRunFolder(folder);
    const { circuits } = readSummary(database);
    const refused = (text: string, why: RegExp) => {
      expect(() => importSimulations(database, circuits[0]!, text)).toThrow(why);
      expect(readImported(database, circuits, 0)).toEqual([]);
    };
    refused('a,gain,power\n1,1,1\n', /no column "b".*a, b, gain, power/);
    refused(`${csv}x,40,0.5,4,2,true\n`, /line 4: a is 40; expected 0.1 to 10 m/);
    refused(`${csv}x,4,0.5,4,much,true\n`, /line 4, power: "much" is not a quantity/);
    refused(`${csv}x,4,0.5,4,,true\n`, /line 4: power is missing in a valid simulation/);
    refused(`${csv}x,4,0.5,4,1,maybe\n`, /line 4: valid is "maybe"/);
    database.close();
    unlock();
  });

  it('enters the real buffer once, when the run goes on, and is paid for by nobody', async () => {
    const own = folders.next();
    await runIn(own, { stopAtTick: 3 });
    const before = recorded(own).summary;
    const opened = openRunFolder(own);
    expect(importSimulations(opened.database, before.circuits[0]!, csv)).toBe(2);
    expect(readImported(opened.database, before.circuits, 0)).toEqual([
      { circuit: 'test-circuit', valid: true, parameters: Float64Array.of(2, 0.5), measures: Float64Array.of(4, 2) },
      {
        circuit: 'test-circuit',
        valid: false,
        parameters: Float64Array.of(2, 0.25),
        measures: Float64Array.of(Number.NaN, Number.NaN),
      },
    ]);
    opened.database.close();
    opened.unlock();
    const shown = async (stopAtTick: number) =>
      (await runIn(own, { stopAtTick })).snapshot.events.filter(({ kind }) => kind === 'imported').length;
    expect(await shown(5)).toBe(1);
    expect(await shown(7)).toBe(0);
    expect(recorded(own).simulations.length).toBeGreaterThan(before.simulations);
  });
});

/** Reads a TensorBoard event file by the format's own text, sharing nothing with the writer. */
function readEvents(bytes: Uint8Array): { tag: string; step: number; time: number; value: number }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(data));
    const event = fieldsOf(data);
    if (event.has(5)) {
      const value = fieldsOf(fieldsOf(event.get(5) as Uint8Array).get(1) as Uint8Array);
      events.push({
        tag: new TextDecoder().decode(value.get(1) as Uint8Array),
        step: event.get(2) as number,
        time: event.get(1) as number,
        value: value.get(2) as number,
      });
    } else {
      expect(new TextDecoder().decode(event.get(3) as Uint8Array)).toBe('brain.Event:2');
    }
    at += 16 + length;
  }
  return events;
}

function fieldsOf(data: Uint8Array): Map<number, number | Uint8Array> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = data[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const key = varint();
    const wire = key & 7;
    let value: number | Uint8Array;
    if (wire === 0) {
      value = varint();
    } else {
      const length = wire === 1 ? 8 : wire === 5 ? 4 : varint();
      value = wire === 2 ? data.subarray(at, at + length) : wire === 1 ? view.getFloat64(at, true) : view.getFloat32(at, true);
      at += length;
    }
    fields.set(key >> 3, value);
  }
  return fields;
}

/** CRC-32C bit by bit, highest bit first, on mirrored bytes. */
function masked(bytes: Uint8Array): number {
  const mirror = (value: number, bits: number) => {
    let result = 0n;
    for (let i = 0; i < bits; i++) if ((BigInt(value) >> BigInt(i)) & 1n) result |= 1n << BigInt(bits - 1 - i);
    return Number(result);
  };
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc ^ (mirror(byte, 8) << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80000000 ? (crc << 1) ^ 0x1edc6f41 : crc << 1) >>> 0;
  }
  const final = mirror(~crc >>> 0, 32);
  return (((final >>> 15) | (final << 17)) + 0xa282ead8) >>> 0;
}
