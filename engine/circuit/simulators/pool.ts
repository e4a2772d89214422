import type { CircuitDefinition, Evaluation, FailureClass, Simulator, SimulatorEvent } from '../../api/circuit';
import { createEvents, OhmbaError } from '../../base';
import { checkCircuit } from '../check-circuit';
import { deckDefinition } from '../deck/deck-definition';
import { failedEvaluation, readEvaluation } from '../read-evaluation';
import { startDeadline } from './deadline';
import { registered } from './in-process';
import { createTally } from './statistics';
import type { FromWorker, ToWorker } from './worker-protocol';

/** A simulator worker as its pool sees it, whatever the platform. */
export interface WorkerHandle {
  post(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** The worker threw or ended on its own. */
  onFailure(listener: (message: string) => void): void;
  terminate(): void;
}

export interface PoolOptions {
  readonly spawn: () => WorkerHandle;
  readonly workers: number;
  readonly kind: string;
  readonly description: string;
  /** Runs after which an instance is renewed: ngspice's memory grows slowly. */
  readonly recycleAfter?: number;
  /** Milliseconds for one evaluation, where the circuit says nothing. */
  readonly timeLimit?: number;
  /** Milliseconds for an instance to start. */
  readonly startLimit?: number;
}

const RECYCLE_AFTER = 1500;
const TIME_LIMIT = 5000;
const START_LIMIT = 60_000;
/** So many instances in a row that do not start, and the pool gives up. */
const FAILED_STARTS = 3;

interface Job {
  readonly id: number;
  readonly circuit: CircuitDefinition;
  readonly parameters: Float64Array;
  readonly detail: boolean;
  readonly resolve: (evaluation: Evaluation) => void;
}

interface Instance {
  readonly handle: WorkerHandle;
  state: 'starting' | 'idle' | 'busy' | 'ended';
  job: Job | null;
  runs: number;
  /** Lets the limit go that it works or starts under. */
  release: () => void;
}

/** A worker's place in the pool. While its instance is being renewed, the old one goes on working. */
interface Place {
  readonly index: number;
  current: Instance;
  successor: Instance | null;
}

/**
 * Several instances of ngspice, each in a worker of its own. An evaluation that hangs or kills its instance costs that
 * evaluation: the instance is ended and replaced, all others go on.
 * @throws OhmbaError if no instance can be started
 */
export async function createSimulatorPool(options: PoolOptions): Promise<Simulator> {
  const {
    spawn,
    workers,
    kind,
    description,
    recycleAfter = RECYCLE_AFTER,
    timeLimit = TIME_LIMIT,
    startLimit = START_LIMIT,
  } = options;
  const circuits = new Map<string, CircuitDefinition>();
  const events = createEvents<{ event: SimulatorEvent }>();
  const tally = createTally();
  const queue: Job[] = [];
  let nextJob = 1;
  let failedStarts = 0;
  let broken: string | null = null;
  let disposed = false;
  let onFirst: { resolve: () => void; reject: (error: Error) => void } | null = null;

  function start(place: Place | null): Instance {
    const instance: Instance = { handle: spawn(), state: 'starting', job: null, runs: 0, release: () => {} };
    instance.handle.onMessage((message) => hear(placeOf(instance) ?? place, instance, message));
    instance.handle.onFailure((message) => lose(instance, 'engine-died', message));
    instance.release = startDeadline(startLimit, () =>
      lose(instance, 'time-out', `it did not start within ${startLimit / 1000} s`),
    );
    for (const circuit of circuits.values()) instance.handle.post({ kind: 'register', deck: deckDefinition(circuit) });
    return instance;
  }

  const places: Place[] = [];
  const placeOf = (instance: Instance) => places.find((place) => place.current === instance || place.successor === instance);

  function hear(place: Place | null | undefined, instance: Instance, message: FromWorker): void {
    if (instance.state === 'ended' || !place) return;
    switch (message.kind) {
      case 'ready':
        instance.release();
        instance.state = 'idle';
        failedStarts = 0;
        onFirst?.resolve();
        if (place.successor === instance) takeOver(place);
        dispatch();
        return;
      case 'unusable':
        lose(instance, 'engine-died', message.message);
        return;
      case 'done':
      case 'failed': {
        const { job } = instance;
        if (job?.id !== message.job) return;
        instance.release();
        instance.job = null;
        instance.state = 'idle';
        instance.runs++;
        settle(
          job,
          message.kind === 'done' ? readEvaluation(job.circuit, job.parameters, message, job.detail) : failed(job, message),
        );
        if (message.kind === 'failed' && message.fatal) replace(place, message.message);
        else renewWhenDue(place);
        dispatch();
      }
    }
  }

  function failed(job: Job, message: Extract<FromWorker, { kind: 'failed' }>): Evaluation {
    return failedEvaluation(job.circuit, message.failure, message.message, message.milliseconds);
  }

  function settle(job: Job, evaluation: Evaluation): void {
    tally.count(evaluation);
    job.resolve(evaluation);
  }

  /** An instance that hung, died or never started: its evaluation is lost, nothing else. */
  function lose(instance: Instance, failure: FailureClass, message: string): void {
    const place = placeOf(instance);
    if (instance.state === 'ended' || !place || disposed) return;
    const { job } = instance;
    const starting = instance.state === 'starting';
    end(instance);
    if (job) settle(job, failedEvaluation(job.circuit, failure, message, failure === 'time-out' ? limitOf(job) : 0));
    if (starting && ++failedStarts >= FAILED_STARTS) {
      giveUp(message);
      return;
    }
    if (place.successor === instance) place.successor = null;
    else replace(place, message);
    dispatch();
  }

  function replace(place: Place, message: string): void {
    end(place.current);
    tally.replaced++;
    if (place.successor) takeOver(place);
    else place.current = start(place);
    const text = `Simulator ${place.index + 1} was replaced: ${message}`;
    events.emit('event', { kind: 'replaced', worker: place.index, message: text });
  }

  function renewWhenDue(place: Place): void {
    if (place.current.runs < recycleAfter || place.successor) return;
    place.successor = start(place);
  }

  /** The successor is there: the old instance goes as soon as it has nothing to do. */
  function takeOver(place: Place): void {
    if (!place.successor || place.current.state === 'busy') return;
    const wasAlive = place.current.state !== 'ended';
    end(place.current);
    place.current = place.successor;
    place.successor = null;
    if (!wasAlive) return;
    tally.recycled++;
    const message = `Simulator ${place.index + 1} was renewed after ${recycleAfter} runs`;
    events.emit('event', { kind: 'recycled', worker: place.index, message });
  }

  function end(instance: Instance): void {
    instance.release();
    instance.job = null;
    if (instance.state === 'ended') return;
    instance.state = 'ended';
    instance.handle.terminate();
  }

  function dispatch(): void {
    for (const place of places) {
      if (place.successor?.state === 'idle') takeOver(place);
      const { current } = place;
      if (queue.length === 0 || current.state !== 'idle') continue;
      const job = queue.shift()!;
      current.state = 'busy';
      current.job = job;
      const limit = limitOf(job);
      current.release = startDeadline(limit, () => lose(current, 'time-out', `no result within ${limit / 1000} s`));
      const { id, circuit, parameters } = job;
      current.handle.post({ kind: 'evaluate', job: id, circuitId: circuit.id, parameters });
    }
  }

  const limitOf = (job: Job) => job.circuit.timeLimitMilliseconds ?? timeLimit;

  function giveUp(message: string): void {
    broken = `no instance of ngspice can be started: ${message}`;
    for (const place of places) for (const instance of [place.current, place.successor]) if (instance) end(instance);
    for (const job of queue.splice(0)) settle(job, failedEvaluation(job.circuit, 'engine-died', broken, 0));
    onFirst?.reject(
      new OhmbaError({
        what: broken,
        expected: 'eecircuit-engine as in package-lock.json',
        todo: 'install with npm ci and try again',
      }),
    );
  }

  const first = new Promise<void>((resolve, reject) => {
    onFirst = { resolve, reject };
  });
  for (let index = 0; index < workers; index++) {
    const place: Place = { index, current: null as unknown as Instance, successor: null };
    places.push(place);
    place.current = start(place);
  }
  await first;
  onFirst = null;

  return {
    kind,
    description,
    capacity: workers,
    register(circuit) {
      checkCircuit(circuit);
      circuits.set(circuit.id, circuit);
      const message: ToWorker = { kind: 'register', deck: deckDefinition(circuit) };
      for (const { current, successor } of places) {
        if (current.state !== 'ended') current.handle.post(message);
        successor?.handle.post(message);
      }
    },
    evaluate({ circuitId, parameters, detail = false }) {
      const circuit = registered(circuits, circuitId);
      const gone = disposed ? 'the simulator was disposed of' : broken;
      if (gone !== null) return Promise.resolve(failedEvaluation(circuit, 'engine-died', gone, 0));
      return new Promise((resolve) => {
        queue.push({ id: nextJob++, circuit, parameters: Float64Array.from(parameters), detail, resolve });
        dispatch();
      });
    },
    statistics: () => tally.read(queue.length, places.filter(({ current }) => current.state === 'busy').length),
    onEvent: (listener) => events.on('event', listener),
    async dispose() {
      disposed = true;
      for (const { current, successor } of places) {
        const { job } = current;
        if (job) queue.unshift(job);
        end(current);
        if (successor) end(successor);
      }
      for (const job of queue.splice(0))
        job.resolve(failedEvaluation(job.circuit, 'engine-died', 'the simulator was disposed of', 0));
      events.clear();
    },
  };
}
