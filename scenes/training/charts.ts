/** Which charts there are: what each shows of the history, in words and lines. Plain data. */
import type { RunConfiguration } from '../../engine/api/engine';
import type { Catalogue } from '../../engine/api/snapshot';
import { formatCount, formatDistance, formatMetric, formatPercent, formatRate, formatReward } from '../format/engineering';
import { ofCircuit, ofMetric, ofSpec } from '../store/facts';

export interface Line {
  readonly title: string;
  /** Name of a column of the history. */
  readonly column: string;
  /** Which of the series styles it has. */
  readonly style: number;
  /** Columns of the lower and the upper edge of a band about it. */
  readonly band?: readonly [string, string];
  /** Columns between which lies everything. */
  readonly extremes?: readonly [string, string];
}

export interface ChartDefinition {
  readonly id: string;
  readonly title: string;
  /** What it means, in a sentence. */
  readonly hint: string;
  readonly lines: readonly Line[];
  /** Fixed range of values; left out: from 0 to what there is, or `free` where 0 says nothing. */
  readonly range?: readonly [number, number] | 'free';
  /** A line across the chart: a target. */
  readonly mark?: number;
  format(value: number): string;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly charts: readonly ChartDefinition[];
  /** What is not there, why, and the command that changes it. */
  readonly missing?: { readonly text: string; readonly command: string; readonly action: string };
}

/** What episodes aim at, by the run's configuration. */
const TARGETS: Readonly<Record<string, string>> = {
  benchmark: 'the benchmark target',
  mixed: 'half of them the benchmark target, half drawn anew from the circuit’s range, so never aimed at before',
  range: 'drawn anew from the circuit’s range, so never aimed at before',
};

const single = (title: string, column: string): readonly Line[] => [{ title, column, style: 0 }];

/** @param names columns that the history has by now: metrics of the agent are charted as they come */
export function sectionsOf(catalogue: Catalogue, circuit: string, names: readonly string[]): readonly Section[] {
  const { circuits } = catalogue;
  const eachCircuit = (fact: string) =>
    circuits.map((info, style): Line => ({ title: info.title, column: ofCircuit(fact, info.id), style }));
  const shown = circuits.find(({ id }) => id === circuit) ?? circuits[0];
  const sections: readonly Section[] = [
    {
      id: 'result',
      title: 'How well it sizes',
      charts: [
        {
          id: 'reward',
          title: 'Reward',
          hint: 'Of a circuit’s environments: mean, middle half (band) and extremes; above 0 all targets hold',
          lines: eachCircuit('reward.mean').map((line, i) => ({
            ...line,
            band: [ofCircuit('reward.lower', circuits[i].id), ofCircuit('reward.upper', circuits[i].id)] as const,
            extremes: [ofCircuit('reward.least', circuits[i].id), ofCircuit('reward.most', circuits[i].id)] as const,
          })),
          range: 'free',
          mark: 0,
          format: formatReward,
        },
        {
          id: 'distance',
          title: `Distance to each spec: ${shown?.title ?? ''}`,
          hint: 'Of the best sizing so far; 0 is the target, above it holds',
          lines: (shown?.specs ?? []).map((spec, style) => ({ title: spec.title, column: ofSpec(shown.id, spec.name), style })),
          range: 'free',
          mark: 0,
          format: formatDistance,
        },
        {
          id: 'success',
          title: 'Success rate',
          hint: `Share of the recent training episodes that met their target: ${TARGETS[String(catalogue.configuration.targets)] ?? TARGETS.benchmark}`,
          lines: eachCircuit('success'),
          range: [0, 1],
          format: formatPercent,
        },
        {
          id: 'share',
          title: 'Who gets the simulations',
          hint: 'Share of the training simulations that each circuit gets at present',
          lines: eachCircuit('share'),
          range: [0, 1],
          format: formatPercent,
        },
        {
          id: 'training',
          title: 'Simulations so far',
          hint: 'Training simulations of each circuit in all',
          lines: eachCircuit('training'),
          format: formatCount,
        },
      ],
    },
    { id: 'evaluation', title: 'The policy alone, when it was evaluated', charts: evaluationCharts(catalogue, names) },
    unseenSection(catalogue),
    {
      id: 'schedule',
      title: 'What the schedule decides',
      charts: [
        {
          id: 'real-ratio',
          title: 'Real data',
          hint: 'Share of real transitions in a training batch; the rest was imagined',
          lines: single('Share of real data', 'real-ratio'),
          range: [0, 1],
          format: formatPercent,
        },
        {
          id: 'updates',
          title: 'Update iterations',
          hint: 'Actor-critic updates per simulation',
          lines: single('Updates per simulation', 'updates'),
          format: formatRate,
        },
        {
          id: 'rollouts',
          title: 'Rollouts',
          hint: 'Imagined sequences started a tick, and the steps of each',
          lines: [...single('Rollouts a tick', 'rollouts'), { title: 'Steps of each', column: 'rollout-length', style: 1 }],
          format: formatRate,
        },
      ],
    },
    {
      id: 'speed',
      title: 'How fast it goes',
      charts: [
        {
          id: 'simulations-per-second',
          title: 'Simulations/s',
          hint: 'Real SPICE simulations a second',
          lines: single('Simulations/s', 'simulations-per-second'),
          format: formatRate,
        },
        {
          id: 'updates-per-second',
          title: 'Updates/s',
          hint: 'Actor-critic updates a second',
          lines: single('Updates/s', 'updates-per-second'),
          format: formatRate,
        },
        {
          id: 'usable',
          title: 'Usable simulations',
          hint: 'Share of environments whose last simulation came back from a sane operating point',
          lines: eachCircuit('usable'),
          range: [0, 1],
          format: formatPercent,
        },
        {
          id: 'queue',
          title: 'Simulations under way',
          hint: 'Running now, and waiting for an instance of the simulator',
          lines: [
            { title: 'Running', column: 'busy', style: 0 },
            { title: 'Waiting', column: 'queued', style: 1 },
          ],
          format: formatCount,
        },
        {
          id: 'cache-hits',
          title: 'Answered from memory',
          hint: 'Sizings that had been simulated before: their results are known and cost no simulation',
          lines: single('Known results, in all', 'cache-hits'),
          format: formatCount,
        },
      ],
    },
    { id: 'learning', title: 'What the agent learns', charts: metricCharts(catalogue, names) },
    { id: 'plugins', title: 'Charts of plug-ins', charts: panelCharts(catalogue) },
  ];
  return sections.filter(({ charts, missing }) => charts.length > 0 || missing);
}

const WORDS: Readonly<Record<string, string>> = {
  'agent/criticLoss': 'Critic loss',
  'agent/actorLoss': 'Actor loss',
  'agent/temperature': 'Temperature',
  'agent/entropy': 'Entropy of the policy',
  'agent/q': 'Value (Q)',
  'agent/reward': 'Reward in a batch',
  'model/measureLoss': 'Neural simulator: loss of measures',
  'model/validityLoss': 'Neural simulator: loss of validity',
  'model/error': 'Neural simulator: error on unseen results',
  'model/errorToSpread': 'Neural simulator: error over its own spread',
  'model/coverage': 'Neural simulator: results within two of its spreads',
  'model/validityHits': 'Neural simulator: validity foretold rightly',
  'ranking/error': 'Ranking: error on unseen results',
  'ranking/errorToSpread': 'Ranking: error over its own spread',
  'ranking/coverage': 'Ranking: results within two of its spreads',
  'ranking/validityHits': 'Ranking: validity foretold rightly',
};

/** The plain policy alone, from the circuit's own start to its benchmark target: when it was tried, and how many steps it took. */
function evaluationCharts({ circuits }: Catalogue, names: readonly string[]): readonly ChartDefinition[] {
  const evaluated = circuits.filter(({ id }) => names.includes(ofMetric(`evaluation/${id}/steps`)));
  const lines = (what: string) =>
    evaluated.map((info): Line => ({ title: info.title, column: ofMetric(`evaluation/${info.id}/${what}`), style: info.index }));
  if (evaluated.length === 0) return [];
  return [
    {
      id: 'evaluation',
      title: 'Target met',
      hint: 'The plain policy, from the circuit’s start, on the benchmark target: 1 where it met it',
      lines: lines('met'),
      range: [0, 1],
      format: formatRate,
    },
    {
      id: 'evaluation-steps',
      title: 'Steps',
      hint: 'Simulations that the plain policy took in that evaluation',
      lines: lines('steps'),
      format: formatCount,
    },
  ];
}

/** Targets that are never trained for by name, tried by the policy alone while training; where that was asked for. */
function unseenSection({ circuits, configuration }: Catalogue): Section {
  const { heldEvery = 0, heldTargets = 0 } = (configuration.evaluation ?? {}) as RunConfiguration['evaluation'];
  const section = { id: 'unseen', title: 'Targets it never trained for' };
  if (heldEvery === 0) {
    const text = 'Success on unseen targets is not measured in this run: each time takes a few dozen simulations a circuit.';
    return { ...section, charts: [], missing: { text, command: 'training.measure-unseen', action: 'Train anew, measuring it' } };
  }
  const lines = (what: string) =>
    circuits.map((info): Line => ({ title: info.title, column: ofMetric(`held/${info.id}/${what}`), style: info.index }));
  const when = `every ${formatCount(heldEvery)} training simulations, the plain policy on ${heldTargets} held targets a circuit`;
  return {
    ...section,
    charts: [
      {
        id: 'unseen',
        title: 'Success on unseen targets',
        hint: `Share that it met: ${when}, from the circuit’s own start`,
        lines: lines('met'),
        range: [0, 1],
        format: formatPercent,
      },
      {
        id: 'unseen-steps',
        title: 'Steps to those that it met',
        hint: `Mean number of simulations in an episode: ${when}`,
        lines: lines('steps'),
        format: formatRate,
      },
      {
        id: 'unseen-cost',
        title: 'Simulations for that',
        hint: 'In all; they count as evaluation and teach the agent nothing',
        lines: single('Simulations', ofMetric('held/simulations')),
        format: formatCount,
      },
    ],
  };
}

/** A chart a metric; metrics that differ by a circuit's index at the end share one. */
function metricCharts({ circuits }: Catalogue, names: readonly string[]): readonly ChartDefinition[] {
  const charts = new Map<string, Line[]>();
  for (const name of names) {
    const metric = /^metric\/(.*)$/.exec(name)?.[1];
    if (metric === undefined || /^(evaluation|held)\//.test(metric)) continue;
    const [, stem, place] = /^(.*?)(?:\/(\d+))?$/.exec(metric) as RegExpExecArray;
    const circuit = place === undefined ? undefined : circuits[Number(place)];
    const lines = charts.get(stem) ?? [];
    charts.set(stem, lines);
    lines.push({ title: circuit?.title ?? WORDS[stem] ?? stem, column: name, style: circuit?.index ?? lines.length });
  }
  return [...charts].map(([stem, lines]) => ({
    id: `metric-${stem.replaceAll(/\W/g, '-')}`,
    title: WORDS[stem] ?? stem,
    hint: `Metric ${stem} of the agent`,
    lines,
    range: 'free' as const,
    format: formatMetric,
  }));
}

function panelCharts({ panels }: Catalogue): readonly ChartDefinition[] {
  return (panels ?? []).map((panel) => ({
    id: `panel-${panel.id}`,
    title: panel.title,
    hint: `Chart ${panel.id} of a plug-in`,
    lines: panel.series.map(({ metric, title }, style) => ({ title: title ?? metric, column: ofMetric(metric), style })),
    range: 'free' as const,
    format: formatMetric,
  }));
}
