import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Where and when a result was made, and by which state of the sources. */
export interface Origin {
  readonly machine: string;
  readonly date: string;
  readonly commit: string;
}

export function originHere(): Origin {
  const all = cpus();
  return {
    machine: `${all[0]?.model.trim() ?? 'unknown processor'}, ${all.length} cores, Node ${process.versions.node}`,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
  };
}

/** Of the repository here; where there is none (the bundle alone on a bare machine), what OHMBA_COMMIT says. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return process.env.OHMBA_COMMIT ?? 'unknown';
  }
}
