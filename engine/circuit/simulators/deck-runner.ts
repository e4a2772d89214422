import { createDeckCompiler, type DeckCompiler, saveCommand } from '../deck/compile-deck';
import type { DeckDefinition } from '../deck/deck-definition';
import type { ModelLibrary } from '../deck/model-library';
import { loadProcessModels } from '../process-models';
import type { SpiceEngine } from './eecircuit';
import { type DeckRun, runDeck } from './run-deck';

/** One engine with the circuits that it knows. */
export interface DeckRunner {
  /** @throws OhmbaError if the circuit's models cannot be found */
  compiler(deck: DeckDefinition): DeckCompiler;
  run(compiler: DeckCompiler, parameters: Float64Array, models?: 'pruned' | 'whole'): Promise<DeckRun>;
}

/** Model libraries are read once each from the files inside the engine. */
export function createDeckRunner(engine: SpiceEngine): DeckRunner {
  const libraries = new Map<string, ModelLibrary>();
  const text = new TextDecoder();
  const read = (name: string) => {
    const bytes = engine.readFile(name);
    return bytes && text.decode(bytes);
  };
  return {
    compiler(deck) {
      const { library, section = '', models = '' } = deck.process;
      const key = `${library}/${section}/${models}`;
      const known = libraries.get(key) ?? loadProcessModels(deck.process, read);
      libraries.set(key, known);
      return createDeckCompiler(deck, known);
    },
    run: (compiler, parameters, models) =>
      runDeck(engine, compiler.compile(parameters, models), saveCommand(compiler.definition)),
  };
}
