/** How near two runs came to a circuit's target over its simulations, in one chart. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { BestCourse } from '../../engine/api/questions';
import { formatCount, formatMetric } from '../format/engineering';
import { element } from '../shell/dom';
import { pointedAt } from '../shell/pointed-at';
import type { Studio } from '../shell/scene';
import { seriesStyle } from '../theme/series';
import type { ThemeName } from '../theme/tokens';

export interface CourseChart {
  readonly root: HTMLElement;
  resize(): void;
  destroy(): void;
}

const HEIGHT = 180;

/** @param courses of each run; undefined where it had no such circuit */
export function createCourseChart(title: string, courses: readonly (BestCourse | undefined)[], studio: Studio): CourseChart {
  const theme = document.documentElement.dataset.theme as ThemeName;
  const { tokens } = studio.palette.value;
  const host = element('div', { className: 'chart-plot', ariaHidden: 'true' });
  const readout = element('p', { className: 'hint course-readout' });
  const root = element(
    'section',
    { className: 'chart course', ariaLabel: `Best distance to the target: ${title}` },
    element(
      'h3',
      {
        className: 'chart-title',
        title:
          'The reward of the best sizing so far without its sign: the mean of the normalised distances by which specs are missed; 0: every target holds',
      },
      title,
    ),
    host,
    readout,
  );
  const axis = { stroke: tokens.dim, font: '10px system-ui, sans-serif', ticks: { show: false } };
  const width = () => Math.max(120, host.clientWidth);
  const data = coursesTogether(courses);
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const say = (at: number | null | undefined) => {
    const x = at == null ? undefined : data[0][at];
    const values = data.slice(1).map((column) => (at == null ? null : column[at]));
    readout.textContent =
      x == null
        ? 'Best mean distance to the targets over simulations of this circuit'
        : `After ${formatCount(x)}: ${values.map((value) => (value == null ? '—' : formatMetric(value))).join(' against ')}`;
  };
  const plot = new uPlot(
    {
      width: 300,
      height: HEIGHT,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 5 } },
      scales: { x: { time: false }, y: { range: (_, __, high) => [0, Number.isFinite(high) && high > 0 ? high * 1.05 : 1] } },
      axes: [
        { ...axis, size: 20, gap: 2, grid: { show: false }, values: (_, splits) => splits.map(formatCount) },
        {
          ...axis,
          size: 46,
          gap: 4,
          space: 26,
          grid: { stroke: tokens.track, width: 1 },
          values: (_, splits) => splits.map(formatMetric),
        },
      ],
      series: [
        {},
        ...courses.map((__, i): uPlot.Series => {
          const { color, dash } = seriesStyle(theme, i);
          return { stroke: color, width: 2, dash: [...dash], points: { show: false }, ...(stepped && { paths: stepped }) };
        }),
      ],
      hooks: { setCursor: [(self) => say(pointedAt(self))] },
    },
    data as uPlot.AlignedData,
    host,
  );
  say(null);
  return { root, resize: () => plot.setSize({ width: width(), height: HEIGHT }), destroy: () => plot.destroy() };
}

/** Every simulation at which one of the runs came nearer, and what each had reached by then; nothing before its first or after its last. */
export function coursesTogether(courses: readonly (BestCourse | undefined)[]): (readonly (number | null)[])[] {
  const places = new Set<number>();
  for (const course of courses) {
    if (!course) continue;
    for (const simulation of course.simulation) places.add(simulation);
    places.add(course.total);
  }
  const x = [...places].sort((a, b) => a - b);
  return [
    x,
    ...courses.map((course) => {
      let known = 0;
      return x.map((simulation) => {
        if (!course || simulation > course.total) return null;
        while (known < course.simulation.length && course.simulation[known] <= simulation) known++;
        return known === 0 ? null : course.distance[known - 1];
      });
    }),
  ];
}
