/** An app behind middleware, on a platform that is played: no socket, and time passes when it is told to. */
import { vi } from "vitest";
import { createIngestionApp } from "../../api/app.ts";

/** The client, as handlers use it. */
export interface Tracking {
  track(userId: string, event: string): void;
  stats(): { readonly accepted: number };
}

/** What the app's handler does with the client of its request; what it gives is the response. */
export type Work = (whisperr: Tracking, platform: Platform) => unknown;

/** An app that was deployed: it handles requests, which are the platform's. */
export type App = (platform: Platform, work: Work) => Promise<unknown>;

export interface AppOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** How an app with this middleware is made. `options` is asked by the middleware, if it asks. */
export type Deploy = (options: (env: unknown) => AppOptions) => App;

/** One incoming request. As on real platforms, its `waitUntil` is no function without it. */
export class Platform {
  #held: Promise<unknown>[] = [];
  #open = 0;

  waitUntil(promise: Promise<unknown>): void {
    this.#held.push(promise);
    this.#open++;
    const settled = () => void this.#open--;
    promise.then(settled, settled);
  }

  get given(): number {
    return this.#held.length;
  }

  get open(): number {
    return this.#open;
  }
}

export interface Stage {
  readonly options: AppOptions;
  /** Event types that arrived, request by request. */
  readonly requests: string[][];
  /** Answers are kept back until then. */
  holdAnswers(): () => void;
}

export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

export const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function setStage(): Stage {
  const apiKey = "wrk_middleware";
  const { app } = createIngestionApp({ keys: [apiKey] });
  const requests: string[][] = [];
  let gate: Promise<void> = Promise.resolve();
  return {
    requests,
    options: {
      apiKey,
      baseUrl: "https://api.example.com",
      async fetch(url, init) {
        const { events } = JSON.parse(String(init.body)) as { events: { event_type: string }[] };
        requests.push(events.map(({ event_type }) => event_type));
        const answer = await app.request(new URL(url).pathname, { method: "POST", body: null, ...init });
        await gate;
        return answer;
      },
    },
    holdAnswers() {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return open;
    },
  };
}
