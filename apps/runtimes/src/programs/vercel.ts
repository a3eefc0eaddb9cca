/** Vercel's edge runtime, as its platform runs a function: the event says how long it may go on after the answer. */
import { createWhisperr } from "@whisperr/edge";

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Response): void;
  waitUntil(promise: Promise<unknown>): void;
}

/** Put in by whoever bundles this. */
declare const SETTINGS: { readonly apiKey: string; readonly baseUrl: string };

addEventListener("fetch", (given) => {
  const event = given as unknown as FetchEvent;
  const { searchParams } = new URL(event.request.url);
  const whisperr = createWhisperr({ ...SETTINGS, waitUntil: (promise) => event.waitUntil(promise) });
  whisperr.track(String(searchParams.get("user")), "job_done", { runtime: searchParams.get("runtime") });
  event.respondWith(new Response("done"));
});
