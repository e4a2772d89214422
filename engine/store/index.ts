export * from './answering-simulator';
export * from './checkpoint';
export * from './memory-store';
export type * from './run-store';
export * from './sql/database';
export * from './sql/queries';
export * from './sql/resume';
export * from './sql/schema';
export * from './sql/sql-store';
