import { formatQuantity } from '../../base';
import {
  type CircuitSummary,
  type RunSummary,
  readMetrics,
  readSimulation,
  readSimulations,
  type SqlDatabase,
} from '../../store';
import { improvements } from '../../store/export/scalars';
import { escapeText, linePlot, scatterPlot } from './svg-plot';

/** Points that a plot of all simulations draws at most; the others are passed over evenly. */
const DRAWN = 4000;

/** A run as one HTML file with tables and plots, which opens without a network. */
export function reportPage(name: string, database: SqlDatabase, summary: RunSummary): string {
  const { catalogue, origin, circuits, state, created, budget, simulations, hash } = summary;
  const facts = [
    ['state', state],
    ['begun', created],
    ['agent, schedule', `${catalogue.agent}, ${catalogue.schedule}`],
    ['seed', String(catalogue.seed)],
    [
      'simulations',
      `${simulations} recorded; ${circuits.reduce((sum, { training }) => sum + training, 0)} of ${budget} for training`,
    ],
    ['executor', `${catalogue.executor.description} (${catalogue.executor.reason})`],
    ['simulator', catalogue.simulator.description],
    ['machine', origin.machine ?? ''],
    ['Ohmba', origin.ohmba ?? ''],
    ['hash', hash],
  ];
  return [
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>${escapeText(name)}</title><style>${STYLE}</style>`,
    `<h1>${escapeText(name)}</h1>`,
    table(['', ''], facts),
    ...circuits.map((circuit) => circuitSection(database, circuits, circuit)),
    '<h2>Metrics</h2><div class="plots">',
    ...[...readMetrics(database)].map(([title, series]) =>
      linePlot(
        title,
        'tick',
        series.map(({ tick, value }) => [tick, value] as const),
      ),
    ),
    '</div><h2>Hyper-parameters</h2>',
    table(
      ['name', 'value'],
      Object.entries(catalogue.hyperParameters ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    '<h2>Events</h2>',
    table(['tick', 'level', 'what happened'], events(database)),
    '</html>\n',
  ].join('\n');
}

function circuitSection(database: SqlDatabase, circuits: readonly CircuitSummary[], circuit: CircuitSummary): string {
  const { id, title, parameters, specs, best, training, evaluation, failures, stepsToTarget } = circuit;
  const mine = function* () {
    for (const simulation of readSimulations(database, circuits)) if (simulation.circuit === id) yield simulation;
  };
  const stored = best && readSimulation(database, circuits, best.simulation);
  const progress = [...improvements(mine())].map(({ simulation, reward }) => [simulation, reward] as const);
  const total = training + evaluation;
  const stride = Math.max(1, Math.ceil(total / DRAWN));
  const drawn: (readonly [number, number])[] = [];
  let count = 0;
  for (const { simulation, reward, valid } of mine()) if (count++ % stride === 0 && valid) drawn.push([simulation, reward]);
  return [
    `<h2>${escapeText(title)}</h2>`,
    `<p>${training} simulations for training, ${evaluation} for evaluation, ${failures} invalid. ${
      stepsToTarget === null ? 'The target was not met.' : `The target was met after ${stepsToTarget} simulations.`
    }</p>`,
    stored
      ? `${table(
          ['measure', `simulation ${stored.simulation}`, 'target'],
          specs.map(({ title: of, unit, direction, target }, i) => [
            of,
            formatQuantity(stored.measures[i]!, unit, 4),
            `${direction === 'at-least' ? '≥' : '≤'} ${formatQuantity(target, unit, 4)}`,
          ]),
        )}${table(
          ['parameter', 'value'],
          parameters.map(({ title: of, unit }, i) => [of, formatQuantity(stored.parameters[i]!, unit, 4)]),
        )}`
      : '<p>No valid sizing was found.</p>',
    '<div class="plots">',
    linePlot('best reward so far', 'simulation', progress, total),
    scatterPlot('reward of valid simulations', 'simulation', drawn),
    '</div>',
  ].join('\n');
}

function events(database: SqlDatabase): string[][] {
  return database
    .prepare('SELECT tick, level, message FROM event ORDER BY event')
    .all()
    .map((row) => row.map(String));
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${titles.some((title) => title !== '') ? line(titles, 'th') : ''}${rows.map((row) => line(row, 'td')).join('')}</table>`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
td, th { padding: .15rem .8rem .15rem 0; text-align: left; vertical-align: top; }
th { border-bottom: 1px solid; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; }
svg { width: 22rem; height: auto; }`;
