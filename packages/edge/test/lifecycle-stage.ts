/** A client for all requests, on a platform and an API that are played. */
import { vi } from "vitest";
import { createWhisperr } from "../src/client/create-whisperr.ts";
import type { WhisperrEdgeOptions } from "../src/options.ts";
import { type FakeRequest, fakeApi, fakeRequest } from "./fake-api.ts";

/** `enter` begins a request; calls are made in it until the next one begins. `answer`: of the API, see `fakeApi`. */
export function lifecycleStage(answer: number | null = 202, options: Partial<WhisperrEdgeOptions> = {}) {
  const api = fakeApi(answer);
  let current: FakeRequest | undefined;
  const onError = vi.fn();
  const whisperr = createWhisperr({
    apiKey: "wrk_test",
    waitUntil: (promise) => current?.waitUntil(promise),
    fetch: api.fetch,
    onError,
    ...options,
  });
  const enter = () => {
    current = fakeRequest();
    return current;
  };
  return { api, whisperr, onError, enter };
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export interface RecordedTimers {
  /** Timers set from now on are not recorded. */
  stop(): void;
  /** Ends the recorded ones, as a platform ends those of a request. */
  end(): void;
}

export function recordTimers(): RecordedTimers {
  const { setTimeout } = globalThis;
  const handles: NodeJS.Timeout[] = [];
  const recording = vi.spyOn(globalThis, "setTimeout").mockImplementation(((
    callback: () => void,
    ms: number,
  ) => {
    const handle = setTimeout(callback, ms);
    handles.push(handle);
    return handle;
  }) as typeof setTimeout);
  return {
    stop: () => recording.mockRestore(),
    end() {
      for (const handle of handles) clearTimeout(handle);
    },
  };
}
