/** An effect loop with everything around it under the test's control. */
import { createEffectLoop } from "../src/effect-loop.ts";
import type { WhisperrError } from "../src/errors.ts";
import type { FlushResult } from "../src/flush-callers.ts";
import type { EffectLoop, LoopConfig } from "../src/loop.ts";
import { createMemoryOutbox } from "../src/memory-outbox.ts";
import type { Outbox } from "../src/outbox.ts";
import type { Ports } from "../src/ports.ts";
import { createReporter } from "../src/reporter.ts";
import { type FakePorts, fakePorts } from "./fake-ports.ts";
import { aTrack } from "./operations.ts";
import { type ScriptedTransport, scriptedTransport } from "./scripted-transport.ts";

export interface LoopFixture extends Pick<FakePorts, "timers" | "activity" | "log"> {
  readonly loop: EffectLoop;
  readonly server: ScriptedTransport;
  readonly errors: WhisperrError[];
  /** Tracks this many events. */
  track(count?: number): void;
}

interface Setup {
  readonly config?: Partial<LoopConfig>;
  readonly outbox?: Outbox;
  readonly ports?: Partial<Ports>;
  readonly debug?: boolean;
  readonly onError?: (error: WhisperrError, loop: EffectLoop) => void;
}

const CONFIG: LoopConfig = {
  flushAt: 20,
  flushIntervalMs: 10_000,
  maxQueueSize: 100,
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
  const loop = createEffectLoop({ ...CONFIG, ...config }, outbox, server.transport, reporter, ports);
  let number = 0;
  return {
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
