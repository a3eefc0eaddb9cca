/** A Durable Object scenario's stage: the mock API, and a Worker with its object, whose storage outlives restarts. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IngestionApi, IngestionApiOptions } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { Log, LogLevel, Miniflare } from "miniflare";
import { onTestFinished } from "vitest";
import { eventually } from "../eventually.ts";
import { bundle } from "./edge-host.ts";
import type { TrackedCall } from "./numbered-events.ts";
import { PATIENCE_MS, type ReportedError } from "./queue-stage.ts";

export interface DurableStage {
  readonly api: IngestionApi;
  /** One request to the Worker, which makes these calls; resolves once the object keeps them. */
  track(calls: readonly TrackedCall[], path?: string): Promise<void>;
  /** Ends workerd at once and starts it again on the same storage. */
  restart(): Promise<void>;
  /** Puts the object out of memory, as the platform does with one that has nothing to do. */
  evict(): Promise<unknown>;
  /** Resolves once the object's storage says that it waits for a later attempt. */
  untilItWaits(): Promise<unknown>;
  /** Resolves once the object keeps nothing any more. */
  untilItRests(): Promise<unknown>;
  /** What `onError` got in this isolate. */
  reported(): Promise<ReportedError[]>;
}

const KEY = "wrk_test";

/** What differs between scenarios: waits are short, so that nobody waits for long, but no slow answer is taken for none. */
export type OutboxSettings = {
  requestTimeoutMs?: number;
  flushIntervalMs?: number;
  maxQueueSize?: number;
  maxRetries?: number;
  backoff?: { baseMs: number; maxMs: number };
};

/** Ends with the test. */
export async function setDurableStage(
  settings: OutboxSettings = {},
  options: IngestionApiOptions = {},
): Promise<DurableStage> {
  const api = await startTestApi({ keys: [KEY], ...options });
  const script = await bundle("durable-worker.ts", "esm");
  const storage = await mkdtemp(join(tmpdir(), "whisperr-durable-"));
  const start = () =>
    new Miniflare({
      name: "app",
      log: new Log(LogLevel.ERROR),
      modules: true,
      compatibilityDate: "2026-07-01",
      script,
      bindings: {
        WHISPERR_API_KEY: KEY,
        WHISPERR_BASE_URL: api.url,
        OUTBOX_OPTIONS: {
          requestTimeoutMs: PATIENCE_MS,
          flushIntervalMs: 100,
          backoff: { baseMs: 100, maxMs: 300 },
          ...settings,
        },
      },
      durableObjects: { WHISPERR_OUTBOX: { className: "Outbox", useSQLite: true } },
      durableObjectsPersist: storage,
    });
  let miniflare = start();
  onTestFinished(async () => {
    await miniflare.dispose();
    await rm(storage, { recursive: true, force: true });
  });
  await miniflare.ready;
  const get = async (path: string) => (await miniflare.dispatchFetch(`http://app${path}`)).json();
  const object = async () => (await get("/object")) as { kept: number; waitsUntilMs: number };

  return {
    api,
    async track(calls, path = "/") {
      const init = { method: "POST", body: JSON.stringify(calls) };
      const answer = await miniflare.dispatchFetch(`http://app${path}`, init);
      if ((await answer.text()) !== "kept") throw new Error(`The Worker answered ${answer.status}`);
    },
    async restart() {
      await miniflare.dispose();
      miniflare = start();
      await miniflare.ready;
    },
    untilItWaits: () => eventually("the object waits", async () => (await object()).waitsUntilMs > 0),
    untilItRests: () => eventually("the object rests", async () => (await object()).kept === 0),
    // Where something refers to the object for 30 seconds, workerd gives up, and may have evicted it by the next try.
    evict: () =>
      eventually("the object is out of memory", () =>
        miniflare.unsafeEvictDurableObject("app", "Outbox", { name: "whisperr" }).then(
          () => true,
          (error: Error) => error.message.includes("not currently running") || Promise.reject(error),
        ),
      ),
    reported: async () => (await get("/reported")) as ReportedError[],
  };
}
