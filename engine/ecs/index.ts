export * from './column';
export * from './component';
export * from './entity';
export * from './phases';
export * from './ragged-pool';
export * from './world';
