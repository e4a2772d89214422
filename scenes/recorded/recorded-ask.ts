/** Questions about a recorded run: the store answers what was recorded, the engine here what any engine knows. */
import type { Ask, CircuitWish, QuestionName, Questions, RecordedRun } from '../../engine/api/questions';

/** What only the agent that trained could tell. */
const GONE: readonly QuestionName[] = ['entities', 'projection', 'attribution', 'lens', 'load-circuit'];

export function createRecordedAsk(ask: Ask, { listing, catalogue }: RecordedRun): Ask {
  const run = listing.id;
  /** Another run may have the circuit at another place, or not at all: its id is known to both. */
  const idOf = (circuit: CircuitWish) => (typeof circuit === 'number' ? catalogue.circuits[circuit].id : circuit);
  const own: { readonly [Name in QuestionName]?: (question: Questions[Name]['ask']) => Promise<Questions[Name]['answer']> } = {
    points: (question) => ask('recorded-points', { run, ...question }),
    simulate: ({ circuit, parameters }) => ask('simulate', { circuit: idOf(circuit), parameters }),
    conditions: ({ circuit }) => ask('conditions', { circuit: idOf(circuit) }),
    verify: ({ circuit, ...question }) => ask('verify', { circuit: idOf(circuit), ...question }),
    netlist: ({ circuit, parameters }) => ask('netlist', { circuit: idOf(circuit), parameters }),
  };
  return ((name: QuestionName, question: never) => {
    if (GONE.includes(name))
      return Promise.reject(
        new Error('This is a recorded run: its agent is not here to be asked. L leads back to the one that trains'),
      );
    const answer = own[name] as ((question: never) => Promise<unknown>) | undefined;
    return answer ? answer(question) : ask(name, question);
  }) as Ask;
}
