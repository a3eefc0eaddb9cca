/** An effect loop with everything around it under the test's control. */
import { type Client, type ClientConfig, createClient, startQueue } from "../src/client/client.ts";
import type { WhisperrError } from "../src/errors.ts";
import type { FlushResult } from "../src/loop/books.ts";
import type { Ports } from "../src/ports.ts";
import { guardedOutbox } from "../src/queue/guarded-outbox.ts";
import { createMemoryOutbox } from "../src/queue/memory-outbox.ts";
import type { Outbox } from "../src/queue/outbox.ts";
import { createReporter, printDebug } from "../src/report/reporter.ts";
import { type FakePorts, fakePorts } from "./fake-ports.ts";
import { loopOf, type TestLoop } from "./loop-of.ts";
import { aTrack } from "./operations.ts";
import { type ScriptedTransport, scriptedTransport } from "./scripted-transport.ts";

export interface LoopFixture extends Pick<FakePorts, "timers" | "activity" | "log"> {
  readonly client: Client;
  readonly loop: TestLoop;
  readonly server: ScriptedTransport;
  readonly errors: WhisperrError[];
  /** Tracks this many events. */
  track(count?: number): void;
}

interface Setup {
  readonly config?: Partial<ClientConfig>;
  readonly outbox?: Outbox;
  readonly ports?: Partial<Ports>;
  readonly debug?: boolean;
  /** Nothing is sent before the test says what earlier pages left behind. */
  readonly adopts?: boolean;
  readonly onError?: (error: WhisperrError, loop: TestLoop) => void;
}

const CONFIG: ClientConfig = {
  flushAt: 20,
  flushIntervalMs: 10_000,
  maxQueueSize: 100,
  maxQueueBytes: 100_000_000,
  maxBatchSize: 500,
  maxBatchBytes: 1_000_000,
  maxRetries: 2,
  backoff: { baseMs: 1000, maxMs: 30_000 },
};

export function loopFixture(setup: Setup = {}): LoopFixture {
  const { config, outbox = createMemoryOutbox(), debug = false, onError } = setup;
  const { ports, timers, activity, log } = fakePorts(setup.ports);
  const errors: WhisperrError[] = [];
  const server = scriptedTransport();
  const listen = (error: WhisperrError) => {
    errors.push(error);
    onError?.(error, loop);
  };
  const reporter = createReporter({ apiKey: "wrk_test", debug, onError: listen }, ports);
  // As the client of a server guards an outbox of its app's.
  const guarded = Object.assign(
    guardedOutbox(outbox, (message) => printDebug(reporter, message)),
    { replace: outbox.replace },
  );
  const client = createClient({ ...CONFIG, ...config }, guarded, server.transport, reporter, ports);
  if (!setup.adopts) startQueue(client);
  const loop = loopOf(client);
  let number = 0;
  return {
    client,
    loop,
    server,
    errors,
    timers,
    activity,
    log,
    track(count = 1) {
      for (let i = 0; i < count; i++) loop.append(aTrack({ idNumber: ++number }));
    },
  };
}

/** Tracks and flushes, `count` times. */
export function flushEach({ track, loop }: LoopFixture, count: number): Promise<FlushResult>[] {
  return Array.from({ length: count }, () => {
    track(1);
    return loop.flush();
  });
}
