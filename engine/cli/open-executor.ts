import { type Executor, ReferenceExecutor } from '../tensor';
import { createWasmExecutor, type WasmExecutor } from '../tensor/wasm/executor';

export type ExecutorName = 'wasm' | 'reference';

/** @param threads of the wasm executor; 0: one a core */
export async function openExecutor(kind: ExecutorName, threads = 0): Promise<Executor> {
  return kind === 'wasm' ? openWasm(threads) : new ReferenceExecutor();
}

export function openWasm(threads: number): Promise<WasmExecutor> {
  return createWasmExecutor(threads > 0 ? { threads } : {});
}
