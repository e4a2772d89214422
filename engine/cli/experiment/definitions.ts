/** What is compared with what: each arm is a call of `ohmba train`, run once a seed. */
export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** What it is to tell, and what to bear in mind, in a few sentences. */
  readonly question: string;
  readonly circuits: readonly string[];
  readonly arms: readonly Arm[];
}

export interface Arm {
  readonly id: string;
  readonly title: string;
  /** Training simulations at most. */
  readonly budget: number;
  /** Further arguments of `train`. */
  readonly arguments: readonly string[];
}

export const experiments: readonly Experiment[] = [
  {
    id: 'single-circuit',
    title: 'One circuit: simulations until the benchmark target is met',
    question:
      'How many simulations does each agent pay for until `two-stage-opamp` first meets its benchmark target, which none of ' +
      '4,000 random sizings meets? Every training simulation counts, the random first phase and starts of episodes included. ' +
      "M3's recipe was developed on this circuit and target; CMA-ES ran with its usual constants, untuned.",
    circuits: ['two-stage-opamp'],
    arms: [
      { id: 'm3', title: 'M3', budget: 400, arguments: ['--agent', 'm3'] },
      { id: 'cma-es', title: 'CMA-ES', budget: 1200, arguments: ['--agent', 'cma-es'] },
      { id: 'random', title: 'Random search', budget: 2000, arguments: ['--agent', 'random'] },
    ],
  },
];
