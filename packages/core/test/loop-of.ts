/** The functions over a client, as methods of one value: so that a test reads as a sentence. */
import type { Client } from "../src/client/client.ts";
import { refuse, stats } from "../src/loop/books.ts";
import { abandon, flush, retry, stop } from "../src/loop/flush.ts";
import { adopt, append, discard, hold, release, withdraw } from "../src/loop/queue.ts";

type Rest<F> = F extends (client: Client, ...rest: infer Args) => infer Result
  ? (...args: Args) => Result
  : never;

export interface TestLoop {
  readonly append: Rest<typeof append>;
  readonly refuse: Rest<typeof refuse>;
  readonly flush: Rest<typeof flush>;
  readonly stop: Rest<typeof stop>;
  readonly retryNow: Rest<typeof retry>;
  readonly abandon: Rest<typeof abandon>;
  readonly stats: Rest<typeof stats>;
  readonly stopped: boolean;
  /** Operations that the machine knows of; behind them, some may wait for a user. */
  readonly queued: number;
}

export function loopOf(client: Client): TestLoop {
  return {
    append: (operation) => append(client, operation),
    refuse: (...args) => refuse(client, ...args),
    flush: () => flush(client),
    stop: () => stop(client),
    retryNow: () => retry(client),
    abandon: () => abandon(client),
    stats: () => stats(client),
    get stopped() {
      return client.stopping;
    },
    get queued() {
      return client.pending;
    },
  };
}

export interface TestDeviceQueue {
  readonly hold: Rest<typeof hold>;
  readonly release: Rest<typeof release>;
  readonly discard: Rest<typeof discard>;
  readonly adopted: Rest<typeof adopt>;
  readonly withdrawn: Rest<typeof withdraw>;
}

export function deviceQueueOf(client: Client): TestDeviceQueue {
  return {
    hold: (event) => hold(client, event),
    release: (fill) => release(client, fill),
    discard: (reason) => discard(client, reason),
    adopted: (...args) => adopt(client, ...args),
    withdrawn: (index) => withdraw(client, index),
  };
}
