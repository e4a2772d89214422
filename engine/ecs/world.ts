import * as bitecs from 'bitecs';
import { OhmbaError } from '../base';
import { type ComponentDefinition, ComponentStore, type Fields, type RaggedFields } from './component';
import { type Entity, entityOf, indexOf, MAXIMUM_INDEX } from './entity';

/** A named piece of state that belongs to no entity. */
export interface Resource<T> {
  readonly name: string;
  /** Never set; carries the type. */
  readonly type?: T;
}

export function defineResource<T>(name: string): Resource<T> {
  return { name };
}

export interface InspectedComponent {
  readonly component: string;
  readonly values: Readonly<Record<string, number | string | readonly number[]>>;
}

// bitecs can recycle versioned ids itself, but its versioned index looks entities up by another key than it stores them
// under; plain ids with versions kept here are the safe half of it.

/**
 * Entities, their components and the world's resources. Wraps bitecs, which fails in silence: here indices, components
 * and structural changes are checked.
 */
export class World {
  readonly #world = bitecs.createWorld();
  readonly #stores = new Map<ComponentDefinition, ComponentStore>();
  readonly #versions: number[] = [];
  readonly #alive = new Set<Entity>();
  readonly #resources = new Map<Resource<unknown>, unknown>();
  readonly #deferred: (() => void)[] = [];
  #locked = false;

  /** Makes an entity with these components, everything zero. */
  spawn(): Entity {
    this.#checkUnlocked('spawned');
    const index = bitecs.addEntity(this.#world);
    if (index > MAXIMUM_INDEX) {
      throw new OhmbaError({
        what: `entity ${index} was asked for`,
        expected: `at most ${MAXIMUM_INDEX} entities`,
        todo: 'use fewer environments',
      });
    }
    this.#versions[index] ??= 0;
    const entity = entityOf(index, this.#versions[index]!);
    this.#alive.add(entity);
    return entity;
  }

  despawn(entity: Entity): void {
    this.#checkUnlocked('despawned');
    const index = this.indexOf(entity);
    for (const [, store] of this.#stores) {
      if (bitecs.hasComponent(this.#world, index, store)) store.close(index);
    }
    bitecs.removeEntity(this.#world, index);
    this.#alive.delete(entity);
    this.#versions[index]!++;
  }

  isAlive(entity: Entity): boolean {
    return this.#alive.has(entity);
  }

  get size(): number {
    return this.#alive.size;
  }

  /** The place of a living entity in columns. @throws OhmbaError for one that is gone */
  indexOf(entity: Entity): number {
    if (!this.#alive.has(entity)) {
      throw new OhmbaError({
        what: `entity ${entity} does not live`,
        expected: 'a handle that was not despawned',
        todo: 'ask isAlive first',
      });
    }
    return indexOf(entity);
  }

  /** @param length of its ragged rows, for a component that has some */
  add<F extends Fields, R extends RaggedFields>(
    entity: Entity,
    component: ComponentDefinition<F, R>,
    length = 0,
  ): ComponentStore<F, R> {
    this.#checkUnlocked(`given ${component.name}`);
    const index = this.indexOf(entity);
    const store = this.store(component);
    const ragged = Object.keys(component.ragged).length > 0;
    if (ragged !== length > 0) {
      throw new OhmbaError({
        what: `${component.name} was added with rows of ${length}`,
        expected: ragged ? 'a length of 1 or more' : 'no length: it has no ragged fields',
        todo: 'correct the length',
      });
    }
    if (!bitecs.hasComponent(this.#world, index, store)) {
      bitecs.addComponent(this.#world, index, store);
      store.open(index, length);
    }
    return store;
  }

  remove(entity: Entity, component: ComponentDefinition): void {
    this.#checkUnlocked(`stripped of ${component.name}`);
    const index = this.indexOf(entity);
    const store = this.store(component);
    if (!bitecs.hasComponent(this.#world, index, store)) return;
    store.close(index);
    bitecs.removeComponent(this.#world, index, store);
  }

  has<F extends Fields, R extends RaggedFields>(entity: Entity, component: ComponentDefinition<F, R>): boolean {
    return this.#alive.has(entity) && bitecs.hasComponent(this.#world, indexOf(entity), this.store(component));
  }

  /** A component's data in this world. */
  store<F extends Fields, R extends RaggedFields>(component: ComponentDefinition<F, R>): ComponentStore<F, R> {
    const key = component as unknown as ComponentDefinition;
    let store = this.#stores.get(key);
    if (!store) {
      store = new ComponentStore(component) as unknown as ComponentStore;
      bitecs.registerComponent(this.#world, store);
      this.#stores.set(key, store);
    }
    return store as unknown as ComponentStore<F, R>;
  }

  /** Entities that have all of these, in the order of their indices. */
  query(...components: readonly ComponentDefinition<never, never>[] | readonly ComponentDefinition[]): Entity[] {
    const stores = components.map((component) => this.store(component as ComponentDefinition));
    const found = [...bitecs.query(this.#world, stores)].sort((a, b) => a - b);
    return found.map((index) => entityOf(index, this.#versions[index]!));
  }

  entities(): Entity[] {
    return [...this.#alive].sort((a, b) => indexOf(a) - indexOf(b));
  }

  /** All components of an entity with their values; null for one that does not live. */
  inspect(entity: Entity): readonly InspectedComponent[] | null {
    if (!this.#alive.has(entity)) return null;
    const index = indexOf(entity);
    return [...this.#stores.values()]
      .filter((store) => bitecs.hasComponent(this.#world, index, store))
      .map((store) => ({ component: store.definition.name, values: store.describe(index) }));
  }

  provide<T>(resource: Resource<T>, value: T): void {
    this.#resources.set(resource, value);
  }

  /** @throws OhmbaError if nobody has provided it */
  resource<T>(resource: Resource<T>): T {
    if (!this.#resources.has(resource)) {
      throw new OhmbaError({
        what: `the resource ${resource.name} is not there`,
        expected: 'one provided when the world was built',
        todo: 'provide it',
      });
    }
    return this.#resources.get(resource) as T;
  }

  /** While a phase runs, nothing may be spawned, despawned or given components. */
  lock(): void {
    this.#locked = true;
  }

  /** Ends a phase and makes the changes that were put off, in the order in which they came. */
  unlock(): void {
    this.#locked = false;
    while (this.#deferred.length > 0) this.#deferred.shift()!();
  }

  /** Makes a structural change at the end of the phase; at once between phases. */
  defer(change: () => void): void {
    if (this.#locked) this.#deferred.push(change);
    else change();
  }

  #checkUnlocked(change: string): void {
    if (!this.#locked) return;
    throw new OhmbaError({
      what: `an entity was ${change} while a phase runs`,
      expected: 'structural changes between phases only',
      todo: 'wrap the change in world.defer',
    });
  }
}
