/** What is compared with what: each arm is a call of `ohmba train`, run once a seed. */
export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** What it is to tell, and what to bear in mind, in a few sentences. */
  readonly question: string;
  readonly circuits: readonly string[];
  readonly arms: readonly Arm[];
  /** What the page shows: simulations until all targets are met, or what becomes of held targets. */
  readonly shows: 'simulations' | 'held-targets';
  /** What computes where the command does not say; wasm where left out. */
  readonly executor?: 'webgpu';
  /** Whether the page also tells what blocks cost by length of a sequence. */
  readonly costByLength?: boolean;
}

export interface Arm {
  readonly id: string;
  readonly title: string;
  /** Training simulations at most. */
  readonly budget: number;
  /** Where not all of the experiment's. */
  readonly circuits?: readonly string[];
  /** Further arguments of `train`. */
  readonly arguments: readonly string[];
}

/** The four benchmark circuits, one agent for all of them. */
const BENCHMARK = ['two-stage-opamp', 'strongarm-comparator', 'cascode-miller-opamp', 'ldo'];

const m3 = (id: string, title: string, budget: number, ...settings: readonly string[]): Arm => ({
  id,
  title,
  budget,
  arguments: ['--agent', 'm3', ...settings],
});
const set = (...assignments: readonly string[]) => assignments.flatMap((assignment) => ['--set', assignment]);
const optimiser = (id: string, title: string, budget: number, ...settings: readonly string[]): Arm => ({
  id,
  title,
  budget,
  arguments: ['--agent', id, ...settings],
});

/** Trains on targets from the ranges to the end of the budget, then tries held ones. */
const HELD = ['--targets', 'range', '--keep-going', '--held', '100'];

const SCHEDULES = [
  ['linear', 'linear'],
  ['cosine', 'cosine'],
  ['adaptive', 'adaptive'],
  ['constant-synthetic', 'fixed, 5 % real'],
  ['constant', 'fixed, 33 % real'],
  ['constant-real', 'fixed, 60 % real'],
] as const;

export const experiments: readonly Experiment[] = [
  {
    id: 'headline',
    title: 'Four circuits, one agent: simulations until all benchmark targets are met',
    question:
      'How many simulations does each agent pay for until all four circuits have met their benchmark targets, none of which any of ' +
      '2,000 random sizings meets? Every simulation counts: the random first phase, starts of episodes, evaluations of the policy. M3 is one ' +
      'agent for all circuits; CMA-ES and TuRBO run one search a circuit with their usual constants; plain soft actor-critic is ' +
      'the same networks without a neural simulator. A circuit that has met its target leaves its share to the others.',
    circuits: BENCHMARK,
    shows: 'simulations',
    arms: [
      m3('m3', 'M3', 6000),
      optimiser('cma-es', 'CMA-ES', 6000),
      optimiser('turbo', 'TuRBO', 6000),
      m3('sac', 'Plain soft actor-critic', 3000, ...set('modelBased=0')),
      optimiser('random', 'Random search', 6000),
    ],
  },
  {
    id: 'headline-webgpu',
    title: 'The headline on a graphics card',
    question:
      'How long does the agent of the headline take, evaluations included, where its networks are computed by WebGPU? The same runs but for ' +
      'the rounding of another machine: numbers of simulations differ as those of other seeds do.',
    circuits: BENCHMARK,
    shows: 'simulations',
    executor: 'webgpu',
    arms: [m3('m3', 'M3', 6000)],
  },
  {
    id: 'three-circuits',
    title: 'Three circuits, one agent: simulations until all benchmark targets are met',
    question:
      'The headline without the regulator: two op-amps and a comparator, whose targets none of 4,000 random sizings meets. Every ' +
      'simulation counts, evaluations included. M3 is one agent for all three, with the same constants; CMA-ES and TuRBO run one search a ' +
      'circuit with their usual constants. A circuit that has met its target leaves its share to the others.',
    circuits: BENCHMARK.filter((circuit) => circuit !== 'ldo'),
    shows: 'simulations',
    arms: [m3('m3', 'M3', 1500), optimiser('cma-es', 'CMA-ES', 4000), optimiser('turbo', 'TuRBO', 1500)],
  },
  {
    id: 'single-circuit',
    title: 'One circuit: simulations until the benchmark target is met',
    question:
      'How many simulations does each agent pay for until `two-stage-opamp` first meets its benchmark target, which none of ' +
      '4,000 random sizings meets? Every simulation counts, the random first phase, starts of episodes and evaluations included. ' +
      "M3's recipe was developed on this circuit and target; CMA-ES and TuRBO ran with their usual constants, untuned.",
    circuits: ['two-stage-opamp'],
    shows: 'simulations',
    arms: [
      m3('m3', 'M3', 400),
      m3('m3-uncorrected', 'M3, networks alone', 400, ...set('correction=0')),
      optimiser('cma-es', 'CMA-ES', 1200),
      optimiser('turbo', 'TuRBO', 1200),
      m3('sac', 'Plain soft actor-critic', 1200, ...set('modelBased=0')),
      optimiser('random', 'Random search', 2000),
    ],
  },
  {
    id: 'one-against-four',
    title: 'One agent for four circuits, or four agents for one each',
    question:
      'Does a circuit cost more or fewer simulations when the agent learns three others at the same time? Each circuit alone, and all four ' +
      'together with the same constants.',
    circuits: BENCHMARK,
    shows: 'simulations',
    arms: [
      m3('together', 'M3, all four', 3000),
      ...BENCHMARK.map((circuit) => ({ ...m3(circuit, `M3, ${circuit} alone`, 1000), circuits: [circuit] })),
    ],
  },
  {
    id: 'schedule',
    title: 'Effective scheduling: schedules against fixed ratios',
    question:
      'What is it worth to change the share of real data, updates and rollouts over training? Two circuits, ranked ' +
      'exploration on and off; the fixed ratios keep updates and rollouts at the middle of what the schedules pass through. Six seeds of one and ' +
      'the same recipe can differ by half of their median: look at the intervals.',
    circuits: ['two-stage-opamp', 'strongarm-comparator'],
    shows: 'simulations',
    arms: [
      ...SCHEDULES.map(([id, title]) => m3(id, `Ranked, ${title}`, 800, '--schedule', id)),
      ...SCHEDULES.map(([id, title]) =>
        m3(`plain-${id}`, `Policy noise, ${title}`, 800, '--schedule', id, ...set('candidates=0')),
      ),
    ],
  },
  {
    id: 'mamba-vs-transformer',
    title: 'Mamba against a Transformer of the same number of weights',
    question:
      'The same agent with Mamba blocks and with Transformer blocks (full self-attention within each sequence) in actor, critics and neural ' +
      'simulator, the number of weights equal within 1 %. Benchmark circuits are short sequences; what length costs is below.',
    circuits: ['two-stage-opamp', 'strongarm-comparator'],
    shows: 'simulations',
    costByLength: true,
    arms: [m3('mamba', 'Mamba', 800), m3('transformer', 'Transformer', 800, ...set('transformer=1'))],
  },
  {
    id: 'generalisation',
    title: 'Unseen targets: what one trained agent makes of them',
    question:
      'After training on targets drawn from the ranges, how many held targets are met within 30 steps? They are feasible (each has a ' +
      'witness) and were never trained for by name. Hard targets are those that none of 300 random single steps from the published start meets. ' +
      'Plain is the deterministic policy alone; ranked also values candidates with the neural simulator before each step, corrected by what this ' +
      'one episode has been told. No weight changes, and no episode knows of another. Optimisers have no policy: each begins a search of its ' +
      'own for every target, at the same start, with the same 30 steps, and without any training before it. AutoCkt reports 96.3 % and about 27 ' +
      'simulations for one circuit and easy targets.',
    circuits: BENCHMARK,
    shows: 'held-targets',
    arms: [
      m3('m3', 'M3, 6,000 simulations', 6000, ...HELD),
      m3('m3-2400', 'M3, 2,400 simulations', 2400, ...HELD),
      m3('m3-1200', 'M3, 1,200 simulations', 1200, ...HELD),
      m3('no-hindsight', 'M3, 2,400 simulations, hindsight off', 2400, ...HELD, ...set('goalsInHindsight=0')),
      m3('sac', 'Plain soft actor-critic, 1,200 simulations', 1200, ...HELD, ...set('modelBased=0')),
      // One simulation a circuit: they have nothing to learn beforehand.
      optimiser('cma-es', 'CMA-ES', BENCHMARK.length, ...HELD),
      optimiser('turbo', 'TuRBO', BENCHMARK.length, ...HELD),
      optimiser('random', 'Random search', BENCHMARK.length, ...HELD),
    ],
  },
  {
    id: 'degraded-model',
    title: 'A neural simulator made worse',
    question:
      'How much does M3 lean on its neural simulator? Every prediction of the networks gets normal noise or a constant shift, in units of z (for ' +
      'a gain, 1 is a factor of 4.5), with the correction by real results (the default) and without.',
    circuits: ['two-stage-opamp'],
    shows: 'simulations',
    arms: [
      m3('as-it-is', 'As it is', 600),
      ...[0.1, 0.3, 1].map((noise) => m3(`noise-${noise}`, `Noise ${noise}`, 600, ...set(`modelNoise=${noise}`))),
      ...[0.1, 0.3, 1].map((bias) => m3(`bias-${bias}`, `Shift ${bias}`, 600, ...set(`modelBias=${bias}`))),
      m3('uncorrected', 'Uncorrected', 600, ...set('correction=0')),
      ...[0.1, 0.3, 1].map((noise) =>
        m3(`uncorrected-noise-${noise}`, `Uncorrected, noise ${noise}`, 600, ...set('correction=0', `modelNoise=${noise}`)),
      ),
      ...[0.1, 0.3, 1].map((bias) =>
        m3(`uncorrected-bias-${bias}`, `Uncorrected, shift ${bias}`, 600, ...set('correction=0', `modelBias=${bias}`)),
      ),
    ],
  },
];
