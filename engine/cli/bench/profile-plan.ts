import type { Executor, Plan, Program } from '../../tensor';

export interface KernelShare {
  readonly kernel: string;
  readonly launches: number;
  readonly milliseconds: number;
  readonly flops: number;
}

/** Floating-point operations of the plan's matrix products, a multiply and an add each. */
export function matmulFlops(plan: Plan): number {
  return plan.launches.reduce((total, launch) => total + flopsOf(launch), 0);
}

function flopsOf(launch: Plan['launches'][number]): number {
  if (launch.kernel !== 'matmul') return 0;
  const { groups, m, n, k } = launch.attributes;
  return 2 * groups * m * n * k;
}

/**
 * What each kind of kernel takes of a plan's time: the plan with only those launches is replayed by itself. No profiler
 * is needed inside an executor, and the parts can be held against the whole.
 */
export async function profilePlan(plan: Plan, executor: Executor, now: () => number): Promise<KernelShare[]> {
  const shares: KernelShare[] = [];
  for (const kernel of new Set(plan.launches.map((launch) => launch.kernel))) {
    const launches = plan.launches.filter((launch) => launch.kernel === kernel);
    const part: Plan = { ...plan, name: `${plan.name}: ${kernel}`, launches };
    const program = executor.prepare(part);
    const { milliseconds } = await timeProgram(program, 300, now);
    program.dispose();
    shares.push({ kernel, launches: launches.length, milliseconds, flops: matmulFlops(part) });
  }
  return shares.sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Milliseconds a replay, over at least `milliseconds` of replays after a warm-up of a quarter of that. */
export async function timeProgram(program: Program, milliseconds: number, now: () => number) {
  const output = Object.keys(program.plan.outputs)[0]!;
  const spend = async (budget: number) => {
    const start = now();
    let replays = 0;
    while (replays < 2 || now() - start < budget) {
      program.run(2);
      await program.read(output); // the work is done only when it is read
      replays += 2;
    }
    return { replays, milliseconds: (now() - start) / replays };
  };
  await spend(milliseconds / 4);
  return spend(milliseconds);
}
