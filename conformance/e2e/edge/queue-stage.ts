/** A Queue scenario's stage: the mock API, a Worker that produces and consumes, its Queue, and the dead letters. */

import type { IngestionApi, IngestionApiOptions } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { Log, LogLevel, Miniflare } from "miniflare";
import { onTestFinished } from "vitest";
import { bundle } from "./edge-host.ts";
import type { TrackedCall } from "./numbered-events.ts";

export interface QueueStage {
  readonly api: IngestionApi;
  /** One request to the Worker, which makes these calls. */
  track(calls: readonly TrackedCall[]): Promise<void>;
  /** The bodies of the messages in the dead-letter queue. */
  deadLetters(): Promise<unknown[]>;
  /** What `onError` got, of producers and consumer. */
  reported(): Promise<ReportedError[]>;
  readonly miniflare: Miniflare;
  /** Ends all isolates, and the Queue with them. */
  close(): Promise<void>;
}

export interface ReportedError {
  readonly type: string;
  readonly reason?: string;
  readonly message: string;
  readonly count?: number;
}

const KEY = "wrk_test";

/** A busy machine answers late; taken for no answer, everything would go again. Only an API that hangs is given up. */
export const PATIENCE_MS = 60_000;
const IMPATIENCE_MS = 1000;

/** `maxRetries`: of the Queue. Ends with the test. */
export async function setQueueStage(
  maxRetries: number,
  { hangs = false, ...options }: IngestionApiOptions & { readonly hangs?: boolean } = {},
): Promise<QueueStage> {
  const api = await startTestApi({ keys: [KEY], ...options });
  const [app, deadLetters] = await Promise.all([
    bundle("queue-worker.ts", "esm"),
    bundle("dead-letter-worker.ts", "esm"),
  ]);
  const common = { modules: true, compatibilityDate: "2026-07-01" } as const;
  const miniflare = new Miniflare({
    log: new Log(LogLevel.ERROR),
    workers: [
      {
        ...common,
        name: "app",
        script: app,
        bindings: {
          WHISPERR_API_KEY: KEY,
          WHISPERR_BASE_URL: api.url,
          REQUEST_TIMEOUT_MS: hangs ? IMPATIENCE_MS : PATIENCE_MS,
        },
        queueProducers: { WHISPERR_QUEUE: "events" },
        queueConsumers: {
          events: { maxBatchSize: 100, maxBatchTimeout: 0.2, maxRetries, deadLetterQueue: "dead-letters" },
        },
      },
      {
        ...common,
        name: "dead-letters",
        script: deadLetters,
        queueConsumers: { "dead-letters": { maxBatchTimeout: 0 } },
      },
    ],
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= miniflare.dispose();
    return closing;
  };
  onTestFinished(close);
  await miniflare.ready;

  async function ask<T>(worker: string): Promise<T> {
    const { fetch } = (await miniflare.getWorker(worker)) as unknown as { fetch: typeof globalThis.fetch };
    return (await (await fetch("http://worker/")).json()) as T;
  }

  return {
    api,
    miniflare,
    close,
    async track(calls) {
      const answer = await miniflare.dispatchFetch("http://app/", {
        method: "POST",
        body: JSON.stringify(calls),
      });
      if ((await answer.text()) !== "tracked") throw new Error(`The Worker answered ${answer.status}`);
    },
    deadLetters: () => ask("dead-letters"),
    reported: () => ask("app"),
  };
}
