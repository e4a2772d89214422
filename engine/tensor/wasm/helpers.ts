/** Helper threads: each owns an instance of the kernels over the shared memory and sleeps inside it between jobs. */
export interface HelperOptions {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Byte address of the control block. */
  readonly control: number;
  readonly count: number;
}

export interface Helpers {
  /** Lets them leave; the workers end by themselves. */
  stop(): void;
}

/** What a platform offers: how many threads are sensible, relaxed SIMD, and how to start a worker from source text. */
export interface Platform {
  readonly cores: number;
  readonly relaxedSimd: boolean;
  /** Resolves once the worker has answered 'ready'. */
  start(source: string, options: HelperOptions, thread: number): Promise<{ end(): void }>;
}

/** Body of a helper. `receive` and `send` are defined by the platform's first lines. */
export const HELPER_BODY = `
receive(async ({ module, memory, control, thread }) => {
  const env = { memory, clock: () => 0, abort() {} };
  const instance = await WebAssembly.instantiate(module, { env });
  send('ready');
  instance.exports.help(control, thread, 0);
  finish();
});
`;

const JOB = 0;
const STOP = 7;

export async function platform(): Promise<Platform> {
  const inNode = typeof process !== 'undefined' && !!process.versions?.node;
  return inNode ? (await import('./helpers.node')).nodePlatform : (await import('./helpers.browser')).browserPlatform;
}

/** Starts the helpers and waits until each is ready to take part. */
export async function startHelpers(options: HelperOptions): Promise<Helpers> {
  const { start } = await platform();
  const indices = Array.from({ length: options.count }, (_, i) => i + 1);
  const workers = await Promise.all(indices.map((thread) => start(HELPER_BODY, options, thread)));
  return {
    stop() {
      const control = new Int32Array(options.memory.buffer, options.control, 16);
      Atomics.store(control, STOP, 1);
      Atomics.add(control, JOB, 1);
      Atomics.notify(control, JOB);
      for (const worker of workers) worker.end();
    },
  };
}
