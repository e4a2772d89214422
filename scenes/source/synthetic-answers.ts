/** What the made-up world answers, so that benches and maps can be tried without an engine. */
import type { CircuitInfo } from '../../engine/api/circuit-info';
import type { Ask, CircuitWish, QuestionName, Questions } from '../../engine/api/questions';
import { positionInRange } from '../format/distance';
import { pretend, pretendCurves } from './synthetic-circuit-model';
import { pretendLook } from './synthetic-look';
import type { SyntheticWorld } from './synthetic-world';

type Answers = { readonly [Name in QuestionName]: (question: Questions[Name]['ask']) => Questions[Name]['answer'] };

const SYNTHETIC_CORNERS = ['cold', 'room', 'hot'].flatMap((warmth) =>
  ['slow', 'typical', 'fast'].map((speed) => `${speed}, ${warmth}`),
);

/** About what a simulation takes, so that the page shows that it waits. */
const SIMULATION_MILLISECONDS = 30;

export function createSyntheticAnswers(world: SyntheticWorld): Ask {
  const { circuits } = world.catalogue;
  const circuitAt = (wish: CircuitWish): CircuitInfo => {
    const info = circuits.find(({ index, id }) => index === wish || id === wish);
    if (!info) throw new Error(`there is no circuit ${wish}: expected one of ${circuits.map(({ id }) => id).join(', ')}`);
    return info;
  };
  const placesOf = (info: CircuitInfo, parameters: Float64Array) =>
    info.parameters.map(({ minimum, maximum, scale }, p) => positionInRange(parameters[p], minimum, maximum, scale));

  const notComputed = () => {
    throw new Error('nothing is learnt here: open the page without source=synthetic');
  };

  const answers: Answers = {
    points: ({ circuit, since, limit }) => world.points[circuitAt(circuit).index].since(since, limit),
    simulate({ circuit, parameters }) {
      const info = circuitAt(circuit);
      const u = placesOf(info, parameters);
      const { values, away } = pretend(info, u, () => 0);
      const worst = Math.min(...away);
      const missed = away.reduce((sum, distance) => sum + Math.min(0, distance), 0) / away.length;
      const curves = pretendCurves(info, u);
      const evaluation = {
        measures: values,
        valid: true,
        failure: null,
        failureDetail: '',
        milliseconds: SIMULATION_MILLISECONDS,
      };
      return { evaluation: { ...evaluation, curves }, distances: away, reward: missed + (worst >= 0 ? 1 : 0), met: worst >= 0 };
    },
    conditions: () => ({ corners: SYNTHETIC_CORNERS, mismatch: true }),
    verify({ circuit, parameters, condition }) {
      const info = circuitAt(circuit);
      const number = 'corner' in condition ? condition.corner : condition.sample;
      const { values, away } = pretend(info, placesOf(info, parameters), () => ((number * 0.618) % 1) - 0.5);
      const evaluation = { measures: values, valid: true, failure: null, failureDetail: '', milliseconds: 0 };
      const title = 'corner' in condition ? SYNTHETIC_CORNERS[number] : `sample ${number}`;
      return { title, evaluation, distances: away, met: Math.min(...away) >= 0 };
    },
    lens(question) {
      const index = 'point' in question ? question.circuit : world.snapshot(true, 0).environments.circuit[question.environment];
      return pretendLook(
        circuitAt(index),
        world.points[index].since('point' in question ? question.point : 0, 1),
        question.steps ?? 0,
      );
    },
    netlist({ circuit, parameters }) {
      const info = circuitAt(circuit);
      const lines = info.parameters.map(({ name }, p) => `.param ${name}=${parameters[p]}`);
      return [`* ${info.title}, made up: there is nothing to simulate`, ...lines, '.end', ''].join('\n');
    },
    entities({ entity }) {
      const { environments } = world.snapshot(true, 0);
      const all = Array.from(environments.entity, (number, e) => ({
        entity: number,
        components: [
          { component: 'Environment', values: { slot: e, circuit: environments.circuit[e], state: environments.state[e] } },
          { component: 'Outcome', values: { reward: environments.reward[e], bestReward: environments.bestReward[e] } },
        ],
      }));
      return entity === null ? all : all.filter((one) => one.entity === entity);
    },
    circuits: () => circuits,
    runs: () => [],
    'delete-run': notRecorded,
    'recorded-run': notRecorded,
    'recorded-snapshots': notRecorded,
    'recorded-points': notRecorded,
    'recorded-courses': notRecorded,
    'branch-run': notRecorded,
    projection: notComputed,
    attribution: notComputed,
    'load-circuit': () => {
      throw new Error('nothing is simulated here: open the page without source=synthetic to load circuits');
    },
  };

  return (async (name: QuestionName, question: never) => {
    const answer = (answers[name] as (question: never) => unknown)(question);
    if (name === 'simulate' || name === 'verify') await new Promise((resolve) => setTimeout(resolve, SIMULATION_MILLISECONDS));
    return answer;
  }) as Ask;
}

function notRecorded(): never {
  throw new Error('nothing is recorded here: open the page without source=synthetic to record runs');
}
