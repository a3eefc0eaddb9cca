/** The loop as those see it who drive it; what it does is in `effect-loop.ts`. */
import type { Input } from "./delivery/input.ts";
import type { DeliveryConfig } from "./delivery/state.ts";
import type { DropReason } from "./errors.ts";
import type { FlushResult } from "./flush-callers.ts";
import type { Ledger, Stats } from "./ledger.ts";
import type { Operation } from "./operation.ts";
import type { Settlement } from "./settlement.ts";

export interface LoopConfig extends DeliveryConfig {
  /** Bytes of one request body, as far as operations can be divided. */
  readonly maxBatchBytes: number;
  /** Nothing is sent before the input `adopted` says what earlier pages left behind. Default false. */
  readonly adopts?: boolean;
}

export interface EffectLoop {
  /** Queues an operation; one that is held stays behind what is queued, unsent. */
  append(operation: Operation): void;
  /** Counts an operation that never reached the queue, and reports it unless it was dropped on purpose. */
  refuse(reason: DropReason, message: string): void;
  flush(): Promise<FlushResult>;
  /** The last flush. Calls after the first one share its result. */
  stop(): Promise<FlushResult>;
  readonly stopped: boolean;
  /** Ends a backoff, or a wait for more operations, now. */
  retryNow(): void;
  /** Gives up waiting: running flushes resolve with what is kept. */
  abandon(): void;
  stats(): Stats;
  /** For clients that share their queue with other pages, see `device-queue.ts`. */
  dispatch(input: Input): void;
  /** Runs `task` now, or once the step under way has ended. */
  whenIdle(task: () => void): void;
  readonly ledger: Ledger;
  readonly settlement: Settlement;
  /** Operations that the machine knows of, or will once the running step is over; behind them, some may wait for a user. */
  readonly queued: number;
  /** Operations at the front that the request under way carries. */
  readonly inFlight: number;
  /** Delivery has ended for good. */
  readonly over: boolean;
}
