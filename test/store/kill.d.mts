export function killAgainAndAgain(options: {
  readonly times: number;
  readonly circuit?: string;
  readonly budget?: number;
  readonly checkpoint?: number;
}): Promise<{ readonly kills: number; readonly finished: number; readonly duringCheckpoint: number; readonly before: number }>;

export function fillDisk(
  blocks: number,
  options?: { readonly budget?: number; readonly checkpoint?: number },
): Promise<{ readonly code: number | null; readonly output: string; readonly same: boolean }>;
