/** An edge function with one client at module scope. Bundled, and run in Vercel's edge-runtime. */
import type { EdgeOptions } from "@whisperr/edge";
import { createWhisperr } from "@whisperr/edge/vercel";
import { answer, onError } from "./edge-app.ts";
import { watchPlatform } from "./watch-platform.ts";

declare global {
  /** Written in front of this script. */
  const OPTIONS: EdgeOptions;
}

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
  waitUntil(promise: Promise<unknown>): void;
}

const platform = watchPlatform();
let current: FetchEvent | undefined;
// As Vercel itself shows functions the request they run in.
Object.assign(globalThis, {
  [Symbol.for("@vercel/request-context")]: {
    get: () => ({ waitUntil: platform.watch((promise) => current?.waitUntil(promise)) }),
  },
});
const whisperr = createWhisperr({ ...OPTIONS, onError });

addEventListener("fetch", (event) => {
  current = event as FetchEvent;
  current.respondWith(answer(current.request.url, () => whisperr, platform));
});
