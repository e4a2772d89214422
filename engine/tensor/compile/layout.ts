import type * as plan from '../plan';
import type { Draft, Drafts } from './emit';
import type { Place, Storage } from './storage';

/** Elements; 256 bytes, the strictest alignment of a GPU's storage binding. */
const ALIGNMENT = 64;

export interface Layout {
  /** Element offset of each arena and constant storage in its space. */
  readonly offsets: ReadonlyMap<Storage, number>;
  readonly arenaLength: number;
  readonly lifetimes: readonly plan.Lifetime[];
  readonly constants: Float32Array;
  readonly indices: Int32Array;
  /** Offset of each index list. */
  readonly lists: ReadonlyMap<Int32Array, number>;
}

const aligned = (length: number) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** Gives every storage its offset. Scratch that is never alive at the same time shares memory. */
export function layOut(drafts: Drafts, inputs: readonly Place[]): Layout {
  const offsets = new Map<Storage, number>();
  const lives = lifetimes(drafts.launches, inputs);
  const arenaLength = layOutArena(lives, offsets);
  const constants = layOutConstants(drafts.launches, offsets);
  const lists = new Map<Int32Array, number>();
  let length = 0;
  for (const list of drafts.launches.flatMap((launch) => launch.index)) {
    if (lists.has(list)) continue;
    lists.set(list, length);
    length += aligned(list.length);
  }
  const indices = new Int32Array(length);
  for (const [list, offset] of lists) indices.set(list, offset);
  return {
    offsets,
    arenaLength,
    lifetimes: lives.map(({ storage, from, to }) => ({ offset: offsets.get(storage)!, length: storage.length, from, to })),
    constants,
    indices,
    lists,
  };
}

interface Lifetime {
  readonly storage: Storage;
  from: number;
  to: number;
}

function lifetimes(launches: readonly Draft[], inputs: readonly Place[]): Lifetime[] {
  const lives = new Map<Storage, Lifetime>();
  const touch = ({ storage }: Place, time: number) => {
    if (storage.space !== 'arena') return;
    const life = lives.get(storage);
    if (life) life.to = time;
    else lives.set(storage, { storage, from: time, to: time });
  };
  for (const input of inputs) touch(input, -1);
  launches.forEach((launch, time) => {
    for (const place of [...launch.inputs, ...launch.outputs]) if (place) touch(place, time);
  });
  for (const life of lives.values()) if (life.storage.kept !== 'while used') life.to = Number.POSITIVE_INFINITY;
  return [...lives.values()];
}

/** Largest first, each at the lowest offset where nothing that lives at the same time lies. */
function layOutArena(lives: readonly Lifetime[], offsets: Map<Storage, number>): number {
  const placed: { life: Lifetime; from: number; to: number }[] = [];
  let end = 0;
  for (const life of lives.toSorted((a, b) => b.storage.length - a.storage.length || a.from - b.from)) {
    const size = aligned(life.storage.length);
    let offset = 0;
    // `placed` is kept in order of offsets.
    for (const other of placed) {
      if (other.life.to < life.from || other.life.from > life.to) continue;
      if (other.from >= offset + size) break;
      offset = Math.max(offset, other.to);
    }
    offsets.set(life.storage, offset);
    const at = placed.findIndex((other) => other.from > offset);
    placed.splice(at < 0 ? placed.length : at, 0, { life, from: offset, to: offset + size });
    end = Math.max(end, offset + size);
  }
  return end;
}

function layOutConstants(launches: readonly Draft[], offsets: Map<Storage, number>): Float32Array {
  let length = 0;
  const used: Storage[] = [];
  for (const launch of launches)
    for (const place of launch.inputs) {
      if (place?.storage.space !== 'constant' || offsets.has(place.storage)) continue;
      offsets.set(place.storage, length);
      length += aligned(place.storage.length);
      used.push(place.storage);
    }
  const constants = new Float32Array(length);
  for (const storage of used) constants.set(storage.values!, offsets.get(storage)!);
  return constants;
}
