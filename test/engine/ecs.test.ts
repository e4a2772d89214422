import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSystemRegistry,
  defineComponent,
  defineResource,
  type Entity,
  indexOf,
  orderSystems,
  RaggedPool,
  World,
} from '../../engine/ecs';

const Small = defineComponent('Small', { byte: 'u8', real: 'f64', name: 'text' });
const Row = defineComponent('Row', { mark: 'i32' }, { x: 'f32', y: 'f64' });
const Tag = defineComponent('Tag', {});

describe('a world', () => {
  it('keeps every value of every entity through growth, removal and reuse (against a plain model)', () => {
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('spawn' as const),
        length: fc.integer({ min: 1, max: 9 }),
        value: fc.integer({ min: -1000, max: 1000 }),
      }),
      fc.record({ kind: fc.constant('despawn' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('strip' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('write' as const), pick: fc.nat(), value: fc.integer({ min: -1000, max: 1000 }) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const world = new World();
        const rows = world.store(Row);
        const model = new Map<Entity, { mark: number; x: number[] } | null>();
        const dead: Entity[] = [];
        const fill = (entity: Entity, value: number) => {
          const at = world.indexOf(entity);
          rows.columns.mark.set(at, value);
          rows.row('x', at).fill(value);
          rows.row('y', at).fill(-value);
          model.set(entity, { mark: value, x: Array(rows.length.get(at)).fill(value) });
        };
        for (const step of changes) {
          if (step.kind === 'spawn') {
            const entity = world.spawn();
            world.add(entity, Row, step.length);
            expect([...rows.row('x', world.indexOf(entity))]).toEqual(Array(step.length).fill(0));
            fill(entity, step.value);
            continue;
          }
          const all = [...model.keys()];
          if (all.length === 0) continue;
          const entity = all[step.pick % all.length]!;
          if (step.kind === 'despawn') {
            world.despawn(entity);
            model.delete(entity);
            dead.push(entity);
          } else if (step.kind === 'strip') {
            world.remove(entity, Row);
            model.set(entity, null);
          } else if (model.get(entity)) fill(entity, step.value);
        }
        expect(world.entities().sort()).toEqual([...model.keys()].sort());
        expect(new Set(world.query(Row))).toEqual(new Set([...model].filter(([, value]) => value).map(([entity]) => entity)));
        for (const [entity, value] of model) {
          const [described] = world.inspect(entity)!;
          if (!value) expect(described).toBeUndefined();
          else expect(described!.values).toEqual({ mark: value.mark, x: value.x, y: value.x.map((x) => -x) });
        }
        for (const entity of dead) {
          expect(world.isAlive(entity)).toBe(false);
          expect(world.inspect(entity)).toBeNull();
          expect(() => world.indexOf(entity)).toThrow(/does not live/);
        }
        expect(rows.pool.rows).toBe([...model.values()].filter(Boolean).length);
      }),
      { numRuns: 60 },
    );
  });

  it('uses an index again under another handle, and the new entity starts empty', () => {
    const world = new World();
    const first = world.spawn();
    world.add(first, Small).columns.byte.set(world.indexOf(first), 7);
    world.despawn(first);
    const second = world.spawn();
    expect(indexOf(second)).toBe(indexOf(first));
    expect(second).not.toBe(first);
    expect(world.has(second, Small)).toBe(false);
    world.add(second, Small);
    expect(world.inspect(second)).toEqual([{ component: 'Small', values: { byte: 0, real: 0, name: '' } }]);
    expect(() => world.despawn(first)).toThrow(/does not live/);
  });

  it('grows far beyond its first capacity, and refuses what a typed array would swallow', () => {
    const world = new World();
    const entities = Array.from({ length: 3000 }, (_, i) => {
      const entity = world.spawn();
      world.add(entity, Small).columns.real.set(world.indexOf(entity), i + 0.5);
      return entity;
    });
    const { byte, real } = world.store(Small).columns;
    expect(entities.map((entity) => real.get(world.indexOf(entity)))).toEqual(entities.map((_, i) => i + 0.5));
    expect(() => byte.set(1, 256)).toThrow(/Small\.byte .*expected a whole number from 0 to 255/);
    expect(() => byte.set(1, 0.5)).toThrow(/whole number/);
    expect(() => byte.set(-1, 0)).toThrow(/has no entity -1/);
    expect(() => byte.set(0.5, 0)).toThrow(/has no entity 0.5/);
    expect(() => byte.get(1e6)).toThrow(/has no entity 1000000/);
  });

  it('changes its structure between phases only', () => {
    const world = new World();
    const entity = world.spawn();
    world.lock();
    expect(() => world.spawn()).toThrow(/between phases/);
    expect(() => world.despawn(entity)).toThrow(/between phases/);
    expect(() => world.add(entity, Tag)).toThrow(/between phases/);
    world.defer(() => world.add(entity, Tag));
    expect(world.has(entity, Tag)).toBe(false);
    world.unlock();
    expect(world.has(entity, Tag)).toBe(true);
  });

  it('queries entities that have all components, and resources by definition', () => {
    const world = new World();
    const both = world.spawn();
    world.add(both, Tag);
    world.add(both, Small);
    world.add(world.spawn(), Tag);
    expect(world.query(Tag, Small)).toEqual([both]);
    const Name = defineResource<string>('Name');
    expect(() => world.resource(Name)).toThrow(/resource Name is not there/);
    world.provide(Name, 'x');
    expect(world.resource(Name)).toBe('x');
    expect(() => world.add(both, Row)).toThrow(/expected a length of 1 or more/);
  });
});

describe('a ragged pool', () => {
  it('never lets rows overlap, and forgets all when all are released', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 12 }), { maxLength: 120 }), (steps) => {
        const pool = new RaggedPool({ x: 'f32' }, 8);
        const rows: { offset: number; length: number; value: number }[] = [];
        let value = 0;
        let most = 0;
        for (const step of steps) {
          if (step > 0) {
            const offset = pool.allocate(step);
            pool.row('x', offset).fill(++value);
            rows.push({ offset, length: step, value });
            most = Math.max(
              most,
              rows.reduce((sum, { length }) => sum + length, 0),
            );
          } else if (rows.length > 0) pool.release(rows.splice(-step % rows.length, 1)[0]!.offset);
          for (const row of rows) expect([...pool.row('x', row.offset)]).toEqual(Array(row.length).fill(row.value));
        }
        for (const { offset } of rows) pool.release(offset);
        expect(pool.span).toBe(0);
        expect(() => pool.release(0)).toThrow(/no row starts/);
      }),
    );
  });

  it('hands freed space out again', () => {
    const pool = new RaggedPool({ x: 'f32' });
    const [a, b] = [pool.allocate(5), pool.allocate(5), pool.allocate(5)] as const;
    pool.release(a);
    pool.release(b);
    expect(pool.allocate(9)).toBe(a);
    expect(pool.span).toBe(15);
  });
});

describe('systems', () => {
  const system = (id: string, wishes: { before?: string[]; after?: string[] } = {}) => ({
    id,
    phase: 'act' as const,
    run: () => {},
    ...wishes,
  });

  it('keep their order of registration where nobody wishes otherwise', () => {
    const order = (...systems: ReturnType<typeof system>[]) => orderSystems(systems).map(({ id }) => id);
    expect(order(system('a'), system('b'), system('c'))).toEqual(['a', 'b', 'c']);
    expect(order(system('a', { after: ['c'] }), system('b'), system('c'))).toEqual(['b', 'c', 'a']);
    expect(order(system('a'), system('b'), system('c', { before: ['a'] }))).toEqual(['b', 'c', 'a']);
    expect(order(system('a', { after: ['not-there'] }))).toEqual(['a']);
  });

  it('that wait for each other are refused, and the registry stays as it was', () => {
    const registry = createSystemRegistry<void>();
    registry.add(system('a', { after: ['b'] }));
    expect(() => registry.add(system('b', { after: ['a'] }))).toThrow(/a, b wait for each other/);
    expect(() => registry.add(system('a'))).toThrow(/two systems "a"/);
    expect(() => registry.add({ ...system('c'), phase: 'nap' as never })).toThrow(/expected one of schedule, act/);
    expect(registry.inPhase('act').map(({ id }) => id)).toEqual(['a']);
  });
});
