import type { CircuitDefinition } from '../api/circuit';
import type { FileReader, ModelLibrary } from './deck/model-library';
import { loadProcessModels } from './process-models';
import { startEngine } from './simulators/eecircuit';

/**
 * Reads the model files inside eecircuit-engine without keeping an engine: for netlists that leave the house, and for
 * the simulator of the system. The first call takes about half a second.
 */
export function shippedModels(): Promise<FileReader> {
  reader ??= open();
  return reader;
}
let reader: Promise<FileReader> | null = null;

/** Models of a circuit's process. Libraries are kept. */
export async function modelsOf(circuit: CircuitDefinition): Promise<ModelLibrary> {
  const { library, section = '', models = '' } = circuit.process;
  const key = `${library}/${section}/${models}`;
  const known = libraries.get(key) ?? loadProcessModels(circuit.process, await shippedModels());
  libraries.set(key, known);
  return known;
}
const libraries = new Map<string, ModelLibrary>();

async function open(): Promise<FileReader> {
  const engine = await startEngine();
  const text = new TextDecoder();
  const files = new Map<string, string | null>();
  return (name) => {
    let content = files.get(name);
    if (content === undefined) {
      const bytes = engine.readFile(name);
      content = bytes && text.decode(bytes);
      files.set(name, content);
    }
    return content;
  };
}
