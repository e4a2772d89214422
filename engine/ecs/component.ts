import { NumberColumn, type NumberKind, TextColumn } from './column';
import { RaggedPool } from './ragged-pool';

export type FieldKind = NumberKind | 'text';
export type Fields = Readonly<Record<string, FieldKind>>;
export type RaggedFields = Readonly<Record<string, NumberKind>>;

/** What a component is; its data lives in a world. */
export interface ComponentDefinition<F extends Fields = Fields, R extends RaggedFields = RaggedFields> {
  readonly name: string;
  readonly fields: F;
  /** Rows of a length of their own per entity. */
  readonly ragged: R;
}

export function defineComponent<const F extends Fields, const R extends RaggedFields = Record<never, NumberKind>>(
  name: string,
  fields: F,
  ragged: R = {} as R,
): ComponentDefinition<F, R> {
  return { name, fields, ragged };
}

type ColumnOf<Kind extends FieldKind> = Kind extends NumberKind ? NumberColumn<Kind> : TextColumn;

/** A component's data in one world. */
export class ComponentStore<F extends Fields = Fields, R extends RaggedFields = RaggedFields> {
  readonly definition: ComponentDefinition<F, R>;
  readonly columns: { readonly [Name in keyof F]: ColumnOf<F[Name]> };
  readonly pool: RaggedPool<R>;
  /** Where an entity's rows start; only for components with ragged fields. */
  readonly offset: NumberColumn<'u32'>;
  readonly length: NumberColumn<'u32'>;

  constructor(definition: ComponentDefinition<F, R>) {
    const { name } = definition;
    this.definition = definition;
    this.columns = Object.fromEntries(
      Object.entries(definition.fields).map(([field, kind]) => [
        field,
        kind === 'text' ? new TextColumn() : new NumberColumn(`${name}.${field}`, kind),
      ]),
    ) as typeof this.columns;
    this.pool = new RaggedPool(definition.ragged);
    this.offset = new NumberColumn(`${name}.offset`, 'u32');
    this.length = new NumberColumn(`${name}.length`, 'u32');
  }

  /** Gives an entity its place, everything zero or empty. */
  open(index: number, length: number): void {
    for (const [field, kind] of Object.entries(this.definition.fields)) {
      const column = this.columns[field]!;
      if (kind === 'text') (column as TextColumn).set(index, '');
      else (column as NumberColumn).set(index, 0);
    }
    this.length.set(index, length);
    this.offset.set(index, length > 0 ? this.pool.allocate(length) : 0);
  }

  close(index: number): void {
    if (this.length.get(index) > 0) this.pool.release(this.offset.get(index));
    this.length.set(index, 0);
  }

  /** An entity's row of a ragged field. */
  row<Name extends keyof R>(field: Name, index: number) {
    return this.pool.row(field, this.offset.get(index));
  }

  /** All values of an entity, copied. */
  describe(index: number): Record<string, number | string | readonly number[]> {
    const values: Record<string, number | string | readonly number[]> = {};
    for (const field of Object.keys(this.definition.fields)) values[field] = this.columns[field]!.get(index);
    if (this.length.get(index) > 0) {
      for (const field of Object.keys(this.definition.ragged)) values[field] = [...this.row(field, index)];
    }
    return values;
  }
}
