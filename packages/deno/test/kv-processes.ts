/** Several processes on one database, which live, stand still or are killed; and the API that hears of it. */
import { onTestFinished, vi } from "vitest";
import { createWhisperr } from "../src/create-whisperr.ts";
import type { KvLike } from "../src/kv-api.ts";
import { type KvOutbox, openKvOutbox } from "../src/kv-outbox.ts";
import { fakeDeno, stubProcessEvents } from "./fake-deno.ts";
import { createFakeKv, type FakeKv } from "./fake-kv.ts";

/** Longer than a lease. */
export const LONG_MS = 15_000;

export interface Server {
  /** What arrived, in this order; the plan `unknown` is refused. */
  readonly heard: string[];
  isDown: boolean;
}

/** For one test: the clock stands still but for what it moves, and a database is empty. */
export function setStage() {
  vi.useFakeTimers({ now: Date.parse("2026-06-14T12:00:00.000Z") });
  onTestFinished(() => void vi.useRealTimers());
  vi.stubGlobal("Deno", fakeDeno());
  stubProcessEvents();
  const kv = createFakeKv();
  const api: Server = { heard: [], isDown: true };
  return { kv, api, start: () => startProcess(kv, api) };
}

const answer = (status: number) => ({
  status,
  headers: new Headers({ "content-type": "application/json" }),
  text: async () => '{"accepted":1,"rejected":0}',
});

export type Process = Awaited<ReturnType<typeof startProcess>>;

/** A process that can be killed, or stand still: then nothing it asks of the database is answered. */
async function startProcess(kv: FakeKv, api: Server) {
  let state: "lives" | "still" | "dead" = "lives";
  let goOn = () => {};
  let gate = Promise.resolve();
  const alive = async <T>(value: T): Promise<T> => {
    await gate;
    return value;
  };
  const its: KvLike = {
    get: (key, options) => alive(undefined).then(() => kv.get(key, options)),
    async *list(selector, options) {
      await alive(undefined);
      yield* kv.list(selector, options);
    },
    atomic() {
      const atomic = kv.atomic();
      const { commit } = atomic;
      atomic.commit = () => alive(undefined).then(() => commit());
      return atomic;
    },
  };
  const outbox = await openKvOutbox(its);
  const errors: string[] = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    outbox,
    flushAt: 1000,
    flushIntervalMs: 0,
    maxRetries: 0,
    onError: (error) => errors.push(error.message),
    fetch: async (_url, { body }) => {
      if (state !== "lives") return new Promise<never>(() => {});
      if (api.isDown) return answer(503);
      const { events = [], traits } = JSON.parse(body) as {
        events?: { event_type: string }[];
        traits?: { plan: string };
      };
      for (const { event_type } of events) api.heard.push(event_type);
      if (traits) api.heard.push(traits.plan);
      return answer(traits?.plan === "unknown" ? 400 : 202);
    },
  });
  return {
    outbox,
    whisperr,
    errors,
    stop(how: "still" | "dead") {
      state = how;
      gate = new Promise((resolve) => {
        goOn = resolve;
      });
    },
    resume() {
      state = "lives";
      goOn();
    },
  };
}

export const namesIn = (outbox: KvOutbox) =>
  Array.from(
    { length: outbox.size },
    (_none, index) => (outbox.at(index) as unknown as { event: string }).event,
  );

export async function track(process: Process, ...names: string[]): Promise<void> {
  for (const name of names) process.whisperr.track("ada", name, {});
  await process.outbox.saved();
}
