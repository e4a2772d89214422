import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CircuitDefinition } from '../../api';
import { modelFile } from '../../circuit/process-models';
import { shippedModels } from '../../circuit/shipped-models';

/**
 * A circuit the way a plain ngspice script has it: every run includes the model files of its process whole.
 * @param folder where they are; left out for the engine's own, inside WebAssembly
 */
export function includingModels(circuit: CircuitDefinition, folder?: string): CircuitDefinition {
  if (circuit.process.library === 'none') return circuit;
  const { file, overrides } = modelFile(circuit.process);
  const nominal = Object.entries(overrides).map(([name, value]) => `.param ${name}=${value}`);
  const include = `.include ${folder === undefined ? file : join(folder, file)}`;
  return {
    ...circuit,
    id: `${circuit.id}-whole`,
    // An include names a file; this one is ours.
    trusted: true,
    process: { ...circuit.process, library: 'none' },
    netlist: [include, ...nominal, circuit.netlist].join('\n'),
  };
}

/** Calls `work` with a folder that holds the model files of a circuit's process, for as long as it takes. */
export async function withModelFiles<T>(circuit: CircuitDefinition, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ohmba-models-'));
  try {
    if (circuit.process.library !== 'none') await copyModels(folder, modelFile(circuit.process).file, new Set());
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NAMES = /^(\s*\.(?:inc\w*|lib)\s+)["']?([\w.]+)["']?/gim;

/** A model file and those that it names, by full paths: ngspice looks for a library beside the deck, not beside the file. */
async function copyModels(folder: string, name: string, done: Set<string>): Promise<void> {
  const read = await shippedModels();
  const text = read(name);
  if (text === null || done.has(name)) return;
  done.add(name);
  const placed = text.replace(NAMES, (all, keyword: string, named: string) =>
    read(named) === null ? all : `${keyword}${join(folder, named)}`,
  );
  writeFileSync(join(folder, name), placed);
  for (const [, , named] of text.matchAll(NAMES)) await copyModels(folder, named!, done);
}
