/** The real effect loop with fake ports, driven beside the reference queue: every call goes to both. */

import { expect } from "vitest";
import { type ClientConfig, createClient, startQueue } from "../src/client/client.ts";
import type { WhisperrError } from "../src/errors.ts";
import { formatMessageId } from "../src/events/wire.ts";
import { type Answer, noAnswer } from "../src/http/exchange.ts";
import { MAX_CALLERS } from "../src/loop/flush.ts";
import { createMemoryOutbox } from "../src/queue/memory-outbox.ts";
import { createReporter } from "../src/report/reporter.ts";
import { fakePorts, settle } from "./fake-ports.ts";
import { flushWatch } from "./flush-watch.ts";
import { imbalance } from "./imbalance.ts";
import { loopOf } from "./loop-of.ts";
import { anIdentify, aTrack } from "./operations.ts";
import { referenceQueue } from "./reference-queue.ts";
import { http, type RecordedRequest, scriptedTransport } from "./scripted-transport.ts";

/** What the server may do with a request; `refusesSome`: a 202 that counts rejected events. */
export type ServerMood = "takes" | "refusesSome" | "fails" | "throttles" | "auth" | "refuses" | "tooLarge";

export interface DrivenLoop {
  track(): void;
  identify(): void;
  flush(): void;
  stop(): void;
  retryNow(): void;
  abandon(): void;
  /** The next error finds an app that calls back in. */
  callBackFromOnError(action: () => void): void;
  fireTimer(): void;
  answer(mood: ServerMood): void;
  /** Call after every action: lets everything go on that can, then compares. */
  check(): Promise<void>;
  /** From here on the server takes everything, and the app only waits. */
  drain(): Promise<void>;
}

export function drivenLoop(config: ClientConfig): DrivenLoop {
  const { ports, timers } = fakePorts();
  const model = referenceQueue(config.maxQueueSize);
  const bytes = new Map<string, string>();
  const flushes = flushWatch(model.queue);
  const inOnError: (() => void)[] = [];
  const failures: unknown[] = [];
  let number = 0;
  let reporting = false;
  let keptReport = false;
  let abandonedReports: number | undefined;

  const server = scriptedTransport((request) => noteFailure(() => see(request)));
  const reporter = createReporter({ apiKey: "wrk_test", debug: false, onError }, ports);
  const client = createClient(config, createMemoryOutbox(), server.transport, reporter, ports);
  startQueue(client);
  const loop = loopOf(client);

  /** What is asserted inside the loop's own calls must not be swallowed by them: `check` throws it. */
  function noteFailure(assertions: () => void): void {
    try {
      assertions();
    } catch (failure) {
      failures.push(failure);
    }
  }

  function see({ path, body, count }: RecordedRequest): void {
    expect(server.open(), "one request at a time").toHaveLength(1);
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThanOrEqual(config.maxBatchSize);
    const keys = model.queue.length === 0 ? [] : keysOf(path, body);
    expect(keys).toHaveLength(count);
    const sent = keys.map((key) => bytes.get(key)).join(",");
    expect(body, "the same bytes on every attempt").toBe(
      path === "/v1/identify" ? sent : `{"events":[${sent}]}`,
    );
    model.sent(keys);
  }

  function onError(error: WhisperrError): void {
    reporting = true;
    noteFailure(() => checkReport(error));
    keptReport = error.type !== "dropped";
    if (keptReport) flushes.keptEverything();
    try {
      inOnError.shift()?.();
    } finally {
      reporting = false;
      keptReport = false;
    }
  }

  function checkReport({ type, message, count }: WhisperrError): void {
    const { pending } = loop.stats();
    expect(imbalance(loop.stats()), "the books are in order whenever the app looks").toBe(0);
    if (type !== "retry_exhausted") return;
    expect(count, "it says how many are kept").toBe(pending);
    if (abandonedReports === undefined) {
      const attempts = Number(/ failed after (\d+) attempt/.exec(message)?.[1]);
      // Each round that failed before has halved the retries; this one has been counted.
      if (client.rounds === 1) expect(attempts).toBe(config.maxRetries + 1);
      expect(attempts).toBeGreaterThanOrEqual(1);
      expect(attempts).toBeLessThanOrEqual(config.maxRetries + 1);
    } else {
      expect(message).toMatch(new RegExp(` ${pending} operations? still queued`));
      abandonedReports++;
    }
  }

  function call(key: string, text: string, append: () => void): void {
    if (loop.stopped) {
      model.refuse("shut_down");
      return loop.refuse("shut_down", "after shutdown()");
    }
    bytes.set(key, text);
    model.append(key, reporting);
    append();
  }

  const driven: DrivenLoop = {
    track() {
      const operation = aTrack({ idNumber: ++number, properties: `{"n":${number},"text":"é😀"}` });
      const id = formatMessageId(operation);
      call(id, wireBytes(id, number), () => loop.append(operation));
    },
    identify() {
      const operation = anIdentify(`identified_${++number}`);
      call(`identified_${number}`, operation.body, () => loop.append(operation));
    },
    flush() {
      if (keptReport) flushes.watchOver(loop.flush);
      else flushes.watch(loop.flush, reporting, client.callers.length >= MAX_CALLERS);
    },
    stop: () => flushes.watchLast(loop.stop, reporting),
    retryNow: () => loop.retryNow(),
    abandon() {
      flushes.keptEverything();
      model.kept();
      abandonedReports = 0;
      const leaves = model.queue.length > 0 ? 1 : 0;
      loop.abandon();
      if (!loop.stopped) expect(abandonedReports, "what stays behind is reported once").toBe(leaves);
      abandonedReports = undefined;
    },
    callBackFromOnError: (action) => void inOnError.push(action),
    fireTimer() {
      if (timers.delays().length > 0) timers.fire();
    },
    answer(mood) {
      const [request] = server.open();
      if (request === undefined) return;
      switch (mood) {
        case "takes":
        case "refusesSome":
          model.accepted(mood === "takes" ? 0 : 1);
          break;
        case "refuses":
        case "tooLarge":
          model.refused(mood === "refuses" ? "rejected" : "too_large");
          break;
        case "fails":
          model.failed();
          break;
        default:
          model.kept();
      }
      request.answer(answerIn(mood));
    },
    async check() {
      await settle();
      if (failures.length > 0) throw failures[0];
      model.check(loop.stats());
      expect(timers.delays().length, "at most one timer").toBeLessThanOrEqual(1);
      flushes.check();
    },
    async drain() {
      inOnError.length = 0;
      for (let turn = 0; turn < 200; turn++) {
        if (server.open().length > 0) driven.answer("takes");
        else if (timers.delays().length > 0) timers.fire();
        else if (model.queue.length > 0 && !loop.stopped) driven.flush();
        else break;
        await driven.check();
      }
      expect(server.open()).toEqual([]);
      expect(timers.delays()).toEqual([]);
      flushes.checkAllEnded();
      if (!loop.stopped) expect(loop.stats().pending).toBe(0);
    },
  };
  return driven;
}

function answerIn(mood: ServerMood): Answer {
  switch (mood) {
    case "takes":
      return http(202);
    case "refusesSome":
      return http(202, { rejected: 1 });
    case "fails":
      return noAnswer("connection reset");
    case "throttles":
      return http(429, "", "7");
    case "auth":
      return http(401);
    case "refuses":
      return http(400);
    case "tooLarge":
      return http(413);
  }
}

function keysOf(path: string, body: string): string[] {
  const parsed = JSON.parse(body) as {
    readonly external_user_id: string;
    readonly events: readonly { readonly context: { readonly $message_id: string } }[];
  };
  return path === "/v1/identify"
    ? [parsed.external_user_id]
    : parsed.events.map((event) => event.context.$message_id);
}

/** The event as the contract writes it, composed without the code under test. */
function wireBytes(messageId: string, n: number): string {
  return JSON.stringify({
    external_user_id: "user_8842",
    event_type: "payment_failed",
    occurred_at: "2026-06-14T12:00:00.000Z",
    properties: { n, text: "é😀" },
    context: { $message_id: messageId },
  });
}
