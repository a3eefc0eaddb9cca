import { describe, expect, test } from "vitest";
import { type FakeTimers, fakePorts, type LogLine, settle } from "../../test/fake-ports.ts";
import type { ServerClient } from "../client/server-client.ts";
import type { WhisperrError } from "../errors.ts";
import { MAX_TIMER_MS, type WhisperrOptions } from "../options.ts";
import type { FetchResponse } from "../ports.ts";
import { createProcessClient } from "./process-client.ts";
import { onEnd, onOutOfWork, type ProcessEnd, type ProcessWatch } from "./process-watch.ts";

interface Process {
  readonly client: ServerClient;
  /** Those that hold the process. */
  readonly timers: FakeTimers;
  readonly others: FakeTimers;
  readonly listeners: ReadonlySet<ProcessWatch>;
  readonly errors: WhisperrError[];
  readonly log: readonly LogLine[];
  readonly requests: () => number;
  /** The process runs out of work: does it go on? */
  outOfWork(): boolean;
  end(): void;
  passMs(ms: number): void;
}

const accepted: FetchResponse = { status: 202, headers: new Headers(), text: async () => "" };
const never = () => new Promise<never>(() => {});

function processFixture(
  exitTimeoutMs: number,
  fetch: () => Promise<FetchResponse>,
  more: Partial<WhisperrOptions> = {},
): Process {
  const listeners = new Set<ProcessWatch>();
  const errors: WhisperrError[] = [];
  const holding = fakePorts();
  let elapsedMs = 5000;
  let requests = 0;
  const end: ProcessEnd = {
    listen(listener) {
      expect(listeners, "it listens already").not.toContain(listener);
      listeners.add(listener);
    },
    unlisten: (listener) => void listeners.delete(listener),
    holdingTimers: holding.ports.timers,
    elapsedMs: () => elapsedMs,
  };
  const {
    ports,
    log,
    timers: others,
  } = fakePorts({
    fetch: () => {
      requests += 1;
      return fetch();
    },
  });
  const options = { apiKey: "wrk_test", onError: (error: WhisperrError) => void errors.push(error), ...more };
  const client: ServerClient = createProcessClient({ ...options, exitTimeoutMs }, () => ({
    ports,
    end,
    environmentKey: () => undefined,
  }));
  return {
    client,
    timers: holding.timers,
    others,
    listeners,
    errors,
    log,
    requests: () => requests,
    outOfWork: () => [...listeners].some((listener) => onOutOfWork(listener)),
    end: () => {
      for (const listener of listeners) onEnd(listener);
    },
    passMs: (ms) => {
      elapsedMs += ms;
    },
  };
}

describe("a process that runs out of work", () => {
  test("goes on until what is queued was delivered, then ends, and nobody listens any more", async () => {
    const { client, timers, listeners, outOfWork } = processFixture(2000, async () => accepted);
    client.track("ada", "signed_up");
    expect(listeners.size).toBe(1);
    expect(outOfWork()).toBe(true);
    expect(timers.delays().sort()).toEqual([2000]);
    await settle();
    expect(client.stats()).toMatchObject({ delivered: 1, pending: 0 });
    expect(timers.delays()).toEqual([]);
    expect(listeners.size).toBe(0);
  });

  test("ends when its time is over, and says once what stays", async () => {
    const { client, timers, errors, outOfWork, end } = processFixture(2000, never);
    client.track("ada", "signed_up");
    outOfWork();
    await settle();
    timers.fire(2000);
    await settle();
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
    expect(timers.delays()).toEqual([]);
    expect(outOfWork()).toBe(false);
    end();
    expect(errors).toHaveLength(1);
  });

  test("goes on again only for what came since, with what is left of its time", async () => {
    const { client, timers, outOfWork, passMs } = processFixture(2000, async () => accepted);
    client.track("ada", "signed_up");
    outOfWork();
    passMs(1500);
    await settle();
    expect(outOfWork()).toBe(false);
    client.track("ada", "signed_out");
    expect(outOfWork()).toBe(true);
    expect(timers.delays()).toContain(500);
  });

  test("ends although something is tracked each time, and says what stays", async () => {
    const { client, errors, outOfWork, end } = processFixture(2000, async () => accepted);
    let rounds = 0;
    do {
      await settle();
      client.track("ada", "signed_up");
      rounds += 1;
    } while (outOfWork() && rounds < 100);
    await settle();
    expect(rounds).toBe(11);
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
    client.track("ada", "signed_up");
    expect(outOfWork()).toBe(false);
    expect(errors, "what came since is told at the very end").toHaveLength(1);
    end();
    expect(errors).toHaveLength(2);
  });

  test("does not wait for the next attempt: it is made now", async () => {
    const unavailable: FetchResponse = { ...accepted, status: 503 };
    const { client, requests, outOfWork } = processFixture(2000, async () => unavailable);
    client.track("ada", "signed_up");
    void client.flush();
    await settle();
    expect(requests()).toBe(1);
    outOfWork();
    await settle();
    expect(requests()).toBe(2);
  });
});

describe("a process that ends at once", () => {
  test("says what stays, once", () => {
    const { client, errors, requests, end } = processFixture(2000, async () => accepted);
    for (const event of ["signed_up", "signed_out"]) client.track("ada", event);
    end();
    expect(errors).toMatchObject([{ type: "retry_exhausted", count: 2 }]);
    expect(requests()).toBe(0);
  });

  test("prints it with what to do, in one line, where the app has no onError", () => {
    const { client, log, end } = processFixture(2000, async () => accepted, { onError: undefined });
    client.track("ada", "signed_up");
    end();
    const lost = "The process ended before 1 operation could be sent";
    const message = `[whisperr] ${lost}: await whisperr.shutdown() before it exits, or use a durable outbox.`;
    expect(log).toEqual([{ level: "warn", message }]);
  });

  test("says nothing after a shutdown that said it", async () => {
    const { client, errors, listeners, end } = processFixture(2000, async () => ({
      ...accepted,
      status: 401,
    }));
    client.track("ada", "signed_up");
    await client.shutdown();
    expect(errors).toMatchObject([{ type: "auth" }]);
    expect(listeners.size).toBe(0);
    end();
    expect(errors).toHaveLength(1);
  });
});

test("exitTimeoutMs 0 listens for nothing, yet flush() holds the process until it resolves", async () => {
  const { client, timers, listeners } = processFixture(0, async () => accepted);
  client.track("ada", "signed_up");
  expect(listeners.size).toBe(0);
  const flushed = client.flush();
  expect(timers.delays()).toEqual([MAX_TIMER_MS]);
  await flushed;
  expect(timers.delays()).toEqual([]);
});

test("flush({ timeoutMs }) holds the process no longer than that, though delivery goes on", async () => {
  const { client, timers, others, outOfWork, errors } = processFixture(2000, never);
  client.track("ada", "signed_up");
  const flushed = client.flush({ timeoutMs: 70 });
  expect(timers.delays()).toEqual([MAX_TIMER_MS]);
  others.fire(70);
  expect(await flushed).toEqual({ delivered: 0, dropped: 0, pending: 1 });
  expect(timers.delays()).toEqual([]);
  expect(outOfWork(), "what is left has the time of the end").toBe(true);
  timers.fire(2000);
  expect(errors).toMatchObject([{ type: "retry_exhausted", count: 1 }]);
});

test("whoever waits holds the process until they are told; what is only queued does not", async () => {
  const { client, timers } = processFixture(2000, async () => accepted);
  client.track("ada", "signed_up");
  expect(timers.delays()).toEqual([]);
  const flushed = client.flush();
  const other = client.flush();
  expect(timers.delays()).toEqual([MAX_TIMER_MS, MAX_TIMER_MS]);
  await Promise.all([flushed, other]);
  expect(timers.delays()).toEqual([]);
});
